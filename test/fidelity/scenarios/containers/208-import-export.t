export, import, save, load and commit with changes.
# needs: busybox
  $ cd "$(mktemp -d)"; docker run --name x1 busybox sh -c 'mkdir /d; echo hi >/d/f' ; docker export x1 >x.tar; tar -tf x.tar d/f .dockerenv; docker export -o y.tar x1; cmp x.tar y.tar && echo same; docker export nosuch; docker export -o /nosuch/y x1
  .dockerenv
  d/f
  same
  Error response from daemon: No such container: nosuch
  failed to export container: invalid output path: stat /nosuch: no such file or directory
  [1]
  $ docker import -c 'CMD ["cat","/d/f"]' -c 'ENV A=b' -c 'WORKDIR /d' -c 'EXPOSE 80/tcp' -c 'USER nobody' -m 'my message' x.tar xi:1 | sed -E 's/[0-9a-f]{64}/ID/'; docker run --rm xi:1; docker inspect -f '{{json .Config.Cmd}} {{json .Config.Env}} {{.Config.WorkingDir}} {{json .Config.ExposedPorts}} {{.Config.User}} {{.Comment}}' xi:1; docker history --format '{{.CreatedBy}}|{{.Comment}}' xi:1
  sha256:ID
  hi
  ["cat","/d/f"] ["A=b"] /d {"80/tcp":{}} nobody my message
  |my message
  $ cat x.tar | docker import - xi:2 | sed -E 's/[0-9a-f]{64}/ID/'; docker run --rm xi:2; docker run --rm xi:2 cat /d/f; docker import -c 'BOGUS x' x.tar; docker import -c 'RUN x' x.tar; docker import nosuch.tar; docker import x.tar Bad:1; echo junk | docker import - ; docker import
  sha256:ID
  docker: Error response from daemon: no command specified
  
  Run 'docker run --help' for more information
  hi
  Error response from daemon: BOGUS is not a valid change command
  Error response from daemon: RUN is not a valid change command
  open nosuch.tar: no such file or directory
  invalid reference format: repository name (library/Bad) must be lowercase
  Error response from daemon: unexpected EOF
  docker: 'docker import' requires at least 1 argument
  
  Usage:  docker import [OPTIONS] file|URL|- [REPOSITORY[:TAG]]
  
  See 'docker import --help' for more information
  [1]
  $ docker commit -c 'CMD ["echo","committed"]' -c 'LABEL l=1' -c 'ENTRYPOINT []' -a 'me <me@x>' -m 'why' x1 xc:1 | sed -E 's/[0-9a-f]{64}/ID/'; docker run --rm xc:1; docker inspect -f '{{.Author}} {{.Comment}} {{json .Config.Labels}} {{json .Config.Cmd}}' xc:1; docker commit -c 'BOGUS' x1; docker commit nosuch; docker commit x1 Bad; docker commit -p=false x1 xc:2 | sed -E 's/[0-9a-f]{64}/ID/'
  sha256:ID
  committed
  me <me@x> why {"l":"1"} ["echo","committed"]
  Error response from daemon: BOGUS is not a valid change command
  Error response from daemon: No such container: nosuch
  invalid reference format: repository name (library/Bad) must be lowercase
  sha256:ID
  $ docker save xi:1 xc:1 -o s.tar; tar -tf s.tar | grep -E '^(manifest.json|repositories|oci-layout|index.json)$' | sort; docker rmi xi:1 xc:1 >/dev/null; docker load -i s.tar; docker load -q <s.tar; docker run --rm xc:1; docker save nosuch; docker save -o /nosuch/x xi:1; docker load -i nosuch.tar; echo junk | docker load
  index.json
  manifest.json
  oci-layout
  repositories
  Loaded image: xi:1
  Loaded image: xc:1
  Loaded image: xi:1
  Loaded image: xc:1
  committed
  Error response from daemon: No such image: nosuch
  failed to save image: invalid output path: stat /nosuch: no such file or directory
  open nosuch.tar: no such file or directory
  unexpected EOF
  [1]
  $ docker save busybox | tar -xO manifest.json | sed -E 's/[0-9a-f]{64}/ID/g' | cut -c1-40; docker rmi xi:1 xi:2 xc:1 xc:2 >/dev/null; docker rm x1
  [{"Config":"blobs/sha256/ID","RepoTags":
  x1
