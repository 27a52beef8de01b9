Renaming, pausing and changing the limits of containers. Steps whose output depends on the machine of the recording are left out.
# needs: busybox
  $ S=${DOCKER_HOST:-unix:///var/run/docker.sock}; S=${S#unix://}; api() { curl -s --unix-socket "$S" -w ' %{http_code}\n' "$@" | sed -E 's/[0-9a-f]{64}/CID/g'; }; J='Content-Type: application/json'
  $ docker run -d --name en-a busybox sleep 600 >/dev/null; docker rename en-a en-b; docker ps -a --filter name=en- --format '{{.Names}} {{.State}}'
  en-b running
  $ docker rename en-b en-b
  Error response from daemon: Renaming a container with the same name as its current name
  Error: failed to rename container named en-b
  [1]
  $ docker rename nosuchxx en-c
  Error response from daemon: No such container: nosuchxx
  Error: failed to rename container named nosuchxx
  [1]
  $ docker rename en-b 'bad name'
  Error response from daemon: Error when allocating new name: Invalid container name (/bad name), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed
  Error: failed to rename container named en-b
  [1]
  $ docker rename en-b /en-c; docker inspect -f '{{.Name}}' en-c
  /en-c
  $ docker pause en-c; docker ps --filter name=en- --format '{{.Names}} {{.State}} {{.Status}}' | sed 's/Up .* (/Up (/'
  en-c
  en-c paused Up (Paused)
  $ docker pause en-c
  Error response from daemon: Container <id> is already paused
  [1]
  $ docker exec en-c true
  Error response from daemon: Container en-c is paused, unpause the container before exec
  [1]
  $ docker stop -t 1 en-c; docker inspect -f '{{.State.Status}} {{.State.Paused}} {{.State.ExitCode}}' en-c
  en-c
  exited false 137
  $ docker unpause en-c
  Error response from daemon: Container <id> is not paused
  [1]
  $ docker start en-c; docker pause en-c; docker kill en-c; docker inspect -f '{{.State.Status}} {{.State.Paused}} {{.State.ExitCode}}' en-c
  en-c
  en-c
  en-c
  exited false 137
  $ docker start en-c; docker pause en-c; docker restart -t 0 en-c; docker inspect -f '{{.State.Status}} {{.State.Paused}} {{.State.ExitCode}}' en-c
  en-c
  en-c
  en-c
  running false 0
  $ docker pause en-c; docker rm en-c
  en-c
  Error response from daemon: cannot remove container "en-c": container is paused and must be unpaused first
  [1]
  $ docker rm -f en-c
  en-c
  $ docker run -d --name en-u busybox sleep 600 >/dev/null
  $ docker update --memory 64m en-u
  Error response from daemon: Cannot update container <id>: Memory limit should be smaller than already set memoryswap limit, update the memoryswap at the same time
  [1]
  $ docker update --memory 256m en-u
  Error response from daemon: Cannot update container <id>: Memory limit should be smaller than already set memoryswap limit, update the memoryswap at the same time
  [1]
  $ docker update --memory 1m en-u
  Error response from daemon: Minimum memory limit allowed is 6MB
  [1]
  $ docker update --restart on-failure:3 en-u; docker inspect -f '{{json .HostConfig.RestartPolicy}}' en-u
  en-u
  {"Name":"on-failure","MaximumRetryCount":3}
  $ docker update --restart bogus en-u
  Error response from daemon: invalid restart policy: unknown policy 'bogus'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'
  [1]
  $ docker update --restart always en-u nosuchxx
  en-u
  Error response from daemon: No such container: nosuchxx
  [1]
  $ docker update --cpuset-cpus 99 en-u
  Error response from daemon: Requested CPUs are not available - requested 99, available: 0-1
  [1]
  $ docker update en-u
  you must provide one or more flags when using this command
  [1]
  $ docker update --kernel-memory 10m en-u
  en-u
  $ api -X POST -H "$J" -d '{}' http://d/containers/en-u/update
  {"Warnings":null}
   200
  $ api -X POST -H "$J" -d '{"Memory":"x"}' http://d/containers/en-u/update
  {"message":"invalid JSON: json: cannot unmarshal string into Go struct field UpdateConfig.Memory of type int64"}
   400
  $ api -X POST -H "$J" -d '{"Memory":-5}' http://d/containers/en-u/update
  {"message":"Minimum memory limit allowed is 6MB"}
   400
  $ api -X POST -H "$J" -d '{"Ulimits":[{"Name":"nofile","Soft":10,"Hard":20}]}' http://d/containers/en-u/update
  {"Warnings":null}
   200
  $ docker rm -f en-u
  en-u
  $ docker create --name en-r --rm busybox true >/dev/null; docker update --restart always en-r; docker rm en-r
  Error response from daemon: Cannot update container <id>: Restart policy cannot be updated because AutoRemove is enabled for the container
  en-r
