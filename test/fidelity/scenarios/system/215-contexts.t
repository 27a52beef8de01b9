Contexts.
# needs: busybox
  $ docker context ls --format '{{.Name}} {{.Current}}'; docker context show; docker context create c1 --description 'first one' --docker host=tcp://127.0.0.1:1234; docker context create c1; docker context create 'bad name'; docker context create c2 --docker bogus=1; docker context create c4 --from c1; docker context create c5 --from nosuch
  default true
  default
  c1
  Successfully created context "c1"
  context "c1" already exists
  context name "bad name" is invalid, names are validated against regexp "^[a-zA-Z0-9][a-zA-Z0-9_.+-]+$"
  unable to create docker endpoint config: unrecognized config key: bogus
  c4
  Successfully created context "c4"
  context "nosuch": context not found: open /root/.docker/contexts/meta/<id>/meta.json: no such file or directory
  [1]
  $ docker context inspect c1 --format '{{.Name}} {{.Metadata.Description}} {{.Endpoints.docker.Host}}'; docker context inspect nosuch; docker context update c1 --description second; docker context update nosuch; docker context ls --format '{{.Name}} {{.Description}} {{.DockerEndpoint}} {{.Current}}' | grep -v default; docker context ls -q
  
  template parsing error: template: :1:21: executing "" at <.Metadata.Description>: can't evaluate field Description in type store.Metadata
  []
  context "nosuch": context not found: open /root/.docker/contexts/meta/<id>/meta.json: no such file or directory
  c1
  Successfully updated context "c1"
  context "nosuch": context not found: open /root/.docker/contexts/meta/<id>/meta.json: no such file or directory
  c1 second tcp://127.0.0.1:1234 false
  c4 first one tcp://127.0.0.1:1234 false
  c1
  c4
  default
  $ docker context use c1; docker context show; docker context ls --format '{{.Name}} {{.Current}}'; docker ps 2>&1 | sed 's/: dial.*//'; docker context rm c1; docker context use nosuch; docker context use default; docker --context c1 version --format '{{.Client.Context}}'; DOCKER_CONTEXT=c4 docker context show; docker --context nosuch ps; docker context export c1 - | tar -t | sed 's,/$,,' | sort; docker context export nosuch; docker context export c1 /tmp/c1.dockercontext; docker context import c6 /tmp/c1.dockercontext; docker context import c6 /tmp/c1.dockercontext; docker context rm c1 c4 c6; docker context rm default; docker context rm nosuch; docker context rm -f nosuch; rm -f /tmp/c1.dockercontext
  c1
  Current context is now "c1"
  c1
  c1 true
  c4 false
  default false
  Cannot connect to the Docker daemon at tcp://127.0.0.1:1234. Is the docker daemon running?
  context "c1" is in use, set -f flag to force remove
  context "nosuch": context not found: open /root/.docker/contexts/meta/<id>/meta.json: no such file or directory
  default
  Current context is now "default"
  c1
  Cannot connect to the Docker daemon at tcp://127.0.0.1:1234. Is the docker daemon running?
  c4
  Failed to initialize: unable to resolve docker endpoint: context "nosuch": context not found: open /root/.docker/contexts/meta/<id>/meta.json: no such file or directory
  meta.json
  tls
  context "nosuch": context not found: open /root/.docker/contexts/meta/<id>/meta.json: no such file or directory
  Written file "/tmp/c1.dockercontext"
  c6
  Successfully imported context "c6"
  context "c6" already exists
  c1
  c4
  c6
  context "default" cannot be removed
  context "nosuch" does not exist
  nosuch
