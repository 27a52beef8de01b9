docker manifest with a registry of one's own: lists are made, annotated and pushed.
# needs: busybox, registry:2
  $ docker run -d -p 5017:5000 --name reg registry:2 >/dev/null; sleep 1.5; docker tag busybox localhost:5017/app:amd64; docker push -q localhost:5017/app:amd64; docker tag busybox localhost:5017/other:arm; docker push -q localhost:5017/other:arm
  localhost:5017/app:amd64
  localhost:5017/other:arm
  $ docker manifest create localhost:5017/app:latest localhost:5017/app:amd64; docker manifest create --insecure localhost:5017/app:latest localhost:5017/app:amd64 localhost:5017/other:arm; docker manifest create --insecure localhost:5017/app:latest localhost:5017/app:amd64; docker manifest create --insecure -a localhost:5017/app:latest localhost:5017/app:amd64; docker manifest create --insecure x; docker manifest create --insecure localhost:5017/app:2 localhost:5017/nosuch:1; docker manifest create Bad localhost:5017/app:amd64
  no such manifest: localhost:5017/app:amd64
  Created manifest list localhost:5017/app:latest
  refusing to amend an existing manifest list with no --amend flag
  Created manifest list localhost:5017/app:latest
  docker: 'docker manifest create' requires at least 2 arguments
  
  Usage:  docker manifest create MANIFEST_LIST MANIFEST [MANIFEST...]
  
  See 'docker manifest create --help' for more information
  no such manifest: localhost:5017/nosuch:1
  error parsing name for manifest list Bad: invalid reference format: repository name (library/Bad) must be lowercase
  [1]
  $ docker manifest annotate localhost:5017/app:latest localhost:5017/other:arm --arch arm64 --variant v8 --os-version 1 --os-features a,b; docker manifest annotate localhost:5017/app:latest localhost:5017/other:arm --arch bogus; docker manifest annotate localhost:5017/app:latest localhost:5017/nosuch:arm --arch arm; docker manifest inspect localhost:5017/app:latest | sed -E 's/[0-9a-f]{64}/ID/; s/"size": [0-9]+/"size": N/'; docker manifest inspect localhost:5017/app:latest localhost:5017/app:amd64 | grep -c mediaType; docker manifest inspect -v localhost:5017/app:latest | grep -E '"(Ref|architecture|variant|os.version)"'
  manifest entry for image has unsupported os/arch combination: /bogus
  manifest for image localhost:5017/nosuch:arm does not exist in localhost:5017/app:latest
  {
    "schemaVersion": 2,
    "mediaType": "application/vnd.docker.distribution.manifest.list.v2+json",
    "manifests": [
    {
    "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
    "size": N,
    "digest": "sha256:ID",
    "platform": {
    "architecture": "amd64",
    "os": "linux"
    }
    },
    {
    "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
    "size": N,
    "digest": "sha256:ID",
    "platform": {
    "architecture": "arm64",
    "os": "linux",
    "os.version": "1",
    "os.features": [
    "a",
    "b"
    ],
    "variant": "v8"
    }
    }
    ]
  }
  3
  		"Ref": "localhost:5017/app:amd64",
  				"architecture": "amd64",
  		"Ref": "localhost:5017/other:arm",
  				"architecture": "arm64",
  				"os.version": "1",
  				"variant": "v8"
  $ docker manifest push --insecure -p localhost:5017/app:latest | sed -E 's/[0-9a-f]{64}/ID/g'; ls ~/.docker/manifests; docker manifest inspect --insecure localhost:5017/app:latest | grep -c digest; docker manifest inspect --insecure -v localhost:5017/app:amd64 | head -10 | sed -E 's/[0-9a-f]{64}/ID/; s/"size": [0-9]+/"size": N/'; docker manifest inspect localhost:5017/app:latest; docker manifest inspect --insecure localhost:5017/nosuch; docker manifest push localhost:5017/nosuch; docker manifest rm localhost:5017/nosuch
  Pushed ref localhost:5017/app@sha256:ID with digest: sha256:ID
  sha256:ID
  2
  {
  	"Ref": "localhost:5017/app:amd64",
  	"Descriptor": {
  		"mediaType": "application/vnd.docker.distribution.manifest.v2+json",
  		"digest": "sha256:ID",
  		"size": N,
  		"platform": {
  			"architecture": "amd64",
  			"os": "linux"
  		}
  no such manifest: localhost:5017/app:latest
  no such manifest: localhost:5017/nosuch:latest
  No such manifest: localhost:5017/nosuch:latest
  No such manifest: localhost:5017/nosuch:latest
  [1]
  $ docker rmi localhost:5017/app:amd64 localhost:5017/other:arm >/dev/null; docker rm -fv reg
  reg
