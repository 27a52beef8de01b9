Names of containers and images: what is taken, what not.
# needs: busybox
  $ docker create --name abx busybox >/dev/null; docker create --name abx busybox; docker create --name 'a b' busybox; docker create --name -x busybox; docker create --name /slash busybox >/dev/null; docker inspect -f '{{.Name}}' slash; docker rename abx slash; docker rename abx abx; docker rename abx cdx; docker rename nosuch x1; docker rename cdx ''; docker rename cdx; docker inspect -f '{{.Name}}' cdx; docker rm abx; docker rm cdx slash
  Error response from daemon: Conflict. The container name "/abx" is already in use by container "<id>". You have to remove (or rename) that container to be able to reuse that name.
  Error response from daemon: Invalid container name (a b), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed
  Error response from daemon: Invalid container name (-x), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed
  /slash
  Error response from daemon: Error when allocating new name: Conflict. The container name "/slash" is already in use by container "<id>". You have to remove (or rename) that container to be able to reuse that name.
  Error: failed to rename container named abx
  Error response from daemon: Renaming a container with the same name as its current name
  Error: failed to rename container named abx
  Error response from daemon: No such container: nosuch
  Error: failed to rename container named nosuch
  Error: Neither old nor new names may be empty
  docker: 'docker rename' requires 2 arguments
  
  Usage:  docker rename CONTAINER NEW_NAME
  
  Run 'docker rename --help' for more information
  /cdx
  Error response from daemon: No such container: abx
  cdx
  slash
  $ docker tag busybox a:b:c; docker tag busybox A; docker tag busybox a/b/c:1; docker tag busybox host:5000/x; docker tag busybox x@sha256:1; docker tag busybox ''; docker tag nosuch x; docker tag busybox a:-1; docker tag busybox "$(printf 'a%.0s' $(seq 129)):1"; docker tag busybox a:$(printf 'a%.0s' $(seq 129)); docker images --format '{{.Repository}}:{{.Tag}}' | grep -E '^(a/b|host)' | sort; docker rmi a/b/c:1 host:5000/x | sort; docker rmi nosuch; docker rmi -f nosuch; docker rmi; docker rmi busybox:nosuch
  Error parsing reference: "a:b:c" is not a valid repository/tag: invalid reference format
  Error parsing reference: "A" is not a valid repository/tag: invalid reference format: repository name (library/A) must be lowercase
  Error parsing reference: "x@sha256:1" is not a valid repository/tag: invalid reference format
  Error parsing reference: "" is not a valid repository/tag: invalid reference format
  Error response from daemon: No such image: nosuch:latest
  Error parsing reference: "a:-1" is not a valid repository/tag: invalid reference format
  Error parsing reference: "a:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" is not a valid repository/tag: invalid reference format
  a/b/c:1
  host:5000/x:latest
  Untagged: a/b/c:1
  Untagged: host:5000/x:latest
  Error response from daemon: No such image: nosuch:latest
  Error response from daemon: No such image: nosuch:latest
  docker: 'docker rmi' requires at least 1 argument
  
  Usage:  docker rmi [OPTIONS] IMAGE [IMAGE...]
  
  See 'docker rmi --help' for more information
  Error response from daemon: No such image: busybox:nosuch
  [1]
  $ I=$(docker images -q --no-trunc busybox | head -1); docker inspect -f '{{index .RepoTags 0}}' ${I#sha256:}; docker inspect -f '{{index .RepoTags 0}}' $I; docker inspect --type image -f x 0000; docker run --rm $I echo by id; docker run --rm $(echo ${I#sha256:} | cut -c1-12) echo by short id; docker run --rm Busybox true; docker run --rm busybox@sha256:bogus true; docker run --rm '' true; docker run; docker run --pull never nosuch:1; docker run --pull bogus busybox true
  aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa:1
  aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa:1
  
  Error response from daemon: No such image: 0000:latest
  by id
  by short id
  docker: invalid reference format: repository name (library/Busybox) must be lowercase
  
  Run 'docker run --help' for more information
  docker: invalid reference format
  
  Run 'docker run --help' for more information
  docker: invalid reference format
  
  Run 'docker run --help' for more information
  docker: 'docker run' requires at least 1 argument
  
  Usage:  docker run [OPTIONS] IMAGE [COMMAND] [ARG...]
  
  See 'docker run --help' for more information
  docker: Error response from daemon: No such image: nosuch:1
  
  Run 'docker run --help' for more information
  docker: invalid pull option: 'bogus': must be one of "always", "missing" or "never"
  
  Run 'docker run --help' for more information
  [125]
