Lists of manifests in a registry, and builders that are not the engine itself.
# needs: registry:2
# normalize: sizes

  $ docker run -d -p 5055:5000 --name reg registry:2 >/dev/null; sleep 1
  $ for i in b c; do printf 'FROM busybox\nLABEL name=%s\n' $i | docker build -q -t localhost:5055/$i:1 - >/dev/null; docker push -q localhost:5055/$i:1; done
  localhost:5055/b:1
  localhost:5055/c:1
  $ docker buildx imagetools inspect localhost:5055/b:1
  Name:  localhost:5055/b:1
  MediaType: application/vnd.docker.distribution.manifest.v2+json
  Digest:  sha256:<id>
  $ docker buildx imagetools create
  ERROR: no sources specified
  [1]
  $ docker buildx imagetools create localhost:5055/b:1
  ERROR: can't push with no tags specified, please set --tag or --dry-run
  [1]
  $ docker buildx imagetools create -t localhost:5055/z:1 localhost:5055/nosuch:1
  ERROR: localhost:5055/nosuch:1: not found
  [1]
  $ docker buildx imagetools create -t localhost:5055/BAD localhost:5055/b:1
  ERROR: invalid reference format: repository name (BAD) must be lowercase
  [1]
  $ docker buildx imagetools create --progress quiet -t localhost:5055/b:2 localhost:5055/b:1 localhost:5055/c:1
  $ docker buildx imagetools inspect localhost:5055/b:2 | sed 's/ *$//'
  Name:  localhost:5055/b:2
  MediaType: application/vnd.docker.distribution.manifest.list.v2+json
  Digest:  sha256:<id>
  
  Manifests:
    Name:  localhost:5055/b:2@sha256:<id>
    MediaType: application/vnd.docker.distribution.manifest.v2+json
    Platform:  linux/amd64
  
    Name:  localhost:5055/b:2@sha256:<id>
    MediaType: application/vnd.docker.distribution.manifest.v2+json
    Platform:  linux/amd64
  $ docker buildx imagetools inspect --raw localhost:5055/b:2 | grep -v '"size"'
  {
    "schemaVersion": 2,
    "mediaType": "application/vnd.docker.distribution.manifest.list.v2+json",
    "manifests": [
    {
    "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
    "digest": "sha256:<id>",
    "platform": {
    "architecture": "amd64",
    "os": "linux"
    }
    },
    {
    "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
    "digest": "sha256:<id>",
    "platform": {
    "architecture": "amd64",
    "os": "linux"
    }
    }
    ]
  }
  $ docker buildx imagetools inspect --format '{{.Name}} {{.Manifest.MediaType}} {{len .Manifest.Manifests}}' localhost:5055/b:2
  localhost:5055/b:2 application/vnd.docker.distribution.manifest.list.v2+json 2
  $ docker buildx imagetools create --prefer-index=false --progress quiet -t localhost:5055/b:3 localhost:5055/b:1
  $ docker buildx imagetools inspect localhost:5055/b:3 | grep MediaType
  MediaType: application/vnd.docker.distribution.manifest.v2+json
  $ docker pull -q localhost:5055/b:2
  localhost:5055/b:2
  $ docker rm -f reg
  reg
  $ docker buildx create --name other --node one --platform linux/arm64 --buildkitd-flags '--debug' --driver-opt image=foo/bar:1
  other
  $ docker buildx inspect other | grep -v '^Last'
  Name:  other
  Driver:  docker-container
  
  Nodes:
  Name:  one
  Endpoint:  unix:///var/run/docker.sock
  Driver Options:  image="foo/bar:1"
  Status:  inactive
  BuildKit daemon flags: --debug --allow-insecure-entitlement=network.host
  Platforms:  linux/arm64*
  $ docker buildx ls | awk '{print $1, $2, $3}' | grep -v default
  NAME/NODE DRIVER/ENDPOINT STATUS
  other docker-container
  \_ one \_
  $ docker buildx --builder other du
  ERROR: Error response from daemon: No such container: buildx_buildkit_one
  [1]
  $ docker buildx --builder other prune -f
  ERROR: Error response from daemon: No such container: buildx_buildkit_one
  [1]
  $ docker buildx stop other
  $ docker buildx --builder nosuch build .
  ERROR: no builder "nosuch" found
  [1]
  $ docker buildx rm other
  other removed
  $ docker buildx create --name x --driver zz
  ERROR: failed to find driver "zz"
  [1]
  $ docker buildx create --driver docker
  ERROR: additional instances of driver "docker" cannot be created
  [1]

