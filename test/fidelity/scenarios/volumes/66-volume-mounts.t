Volumes, binds and tmpfs, and their errors. Steps whose output depends on the machine of the recording are left out.
# needs: busybox
  $ S=${DOCKER_HOST:-unix:///var/run/docker.sock}; S=${S#unix://}; api() { curl -s --unix-socket "$S" -w ' %{http_code}\n' "$@" | sed -E 's/[0-9a-f]{64}/CID/g'; }; J='Content-Type: application/json'
  $ docker volume create vv; docker volume create vv; docker volume inspect vv -f '{{.Driver}} {{.Scope}} {{json .Labels}} {{json .Options}} {{.Mountpoint}}'
  vv
  vv
  local local null null /var/lib/docker/volumes/vv/_data
  $ docker volume create --label a=b --label c=d vl; docker volume inspect vl -f '{{json .Labels}}'
  vl
  {"a":"b","c":"d"}
  $ docker volume create --driver nosuchd vx
  Error response from daemon: create vx: error looking up volume plugin nosuchd: plugin "nosuchd" not found
  [1]
  $ docker volume create 'bad name'
  Error response from daemon: create bad name: "bad name" includes invalid characters for a local volume name, only "[a-zA-Z0-9][a-zA-Z0-9_.-]" are allowed. If you intended to pass a host directory, use absolute path
  [1]
  $ docker volume create -o bogus=1 vx
  Error response from daemon: create vx: invalid option: "bogus"
  [1]
  $ docker volume create -o type=tmpfs vx
  Error response from daemon: create vx: missing required option: "device"
  [1]
  $ docker volume create -o type=tmpfs -o device=tmpfs -o o=size=1m,uid=1000 vt; docker run --rm -v vt:/t busybox sh -c 'df -k /t | tail -1 | awk "{print \$2}"; stat -c %u /t'
  vt
  1024
  1000
  $ mkdir -p /tmp/bb; echo x > /tmp/bb/f; docker volume create -o type=none -o device=/tmp/bb -o o=bind vb; docker run --rm -v vb:/t busybox cat /t/f
  vb
  x
  $ docker volume create -o type=none -o device=/nosuchdir -o o=bind vn; docker run --rm -v vn:/t busybox ls /t
  vn
  docker: Error response from daemon: error while mounting volume '/var/lib/docker/volumes/vn/_data': failed to mount local volume: mount /nosuchdir:/var/lib/docker/volumes/vn/_data, flags: 0x1000: no such file or directory
  
  Run 'docker run --help' for more information
  [127]
  $ docker volume rm vn vb vt vl vv nosuchv
  vn
  vb
  vt
  vl
  vv
  Error response from daemon: get nosuchv: no such volume
  [1]
  $ docker volume inspect nosuchv
  []
  Error response from daemon: get nosuchv: no such volume
  [1]
  $ docker run -d --name c1 -v v1:/d busybox sleep 100 >/dev/null; docker volume rm v1; docker volume rm -f v1; docker volume ls -q -f dangling=true -f name=v1; docker volume ls -q -f dangling=false -f name=v1
  Error response from daemon: remove v1: volume is in use - [<id>]
  Error response from daemon: remove v1: volume is in use - [<id>]
  v1
  $ docker rm -f c1; docker volume rm v1; docker volume rm -f nosuchv
  c1
  v1
  nosuchv
  $ docker run --rm -v v2:/d:ro busybox touch /d/x
  touch: /d/x: Read-only file system
  [1]
  $ docker run --rm -v v2:/etc busybox ls /etc | head -3; docker run --rm -v v2:/z busybox ls /z | head -3
  group
  hostname
  hosts
  group
  hostname
  hosts
  $ docker run --rm -v v3:/etc:nocopy busybox ls -A /etc
  hostname
  hosts
  resolv.conf
  $ docker run --rm --mount type=volume,src=v4,dst=/etc,volume-nocopy busybox ls -A /etc
  hostname
  hosts
  resolv.conf
  $ docker run --rm --mount type=volume,src=v5,dst=/d busybox mkdir /d/sub; docker run --rm --mount type=volume,src=v5,dst=/m,volume-subpath=sub busybox ls -A /m; docker run --rm --mount type=volume,src=v5,dst=/m,volume-subpath=nosub busybox ls -A /m
  docker: Error response from daemon: cannot access path /var/lib/docker/volumes/v5/_data/nosub: lstat /var/lib/docker/volumes/v5/_data/nosub: no such file or directory
  
  Run 'docker run --help' for more information
  [127]
  $ docker run --rm --mount type=volume,src=v5,dst=/m,volume-subpath=../x busybox true
  docker: Error response from daemon: invalid mount config for type "volume": subpath must be a relative path within the volume
  
  Run 'docker run --help' for more information
  [125]
  $ docker run --rm --mount type=bind,src=/nosuchdir,dst=/x busybox true
  docker: Error response from daemon: invalid mount config for type "bind": bind source path does not exist: /nosuchdir
  
  Run 'docker run --help' for more information
  [125]
  $ docker run --rm -v /tmp/newdir:/x busybox ls -d /x; ls -d /tmp/newdir
  /x
  /tmp/newdir
  $ docker run --rm --mount type=bind,src=/tmp/bb,dst=/x,readonly busybox touch /x/y
  touch: /x/y: Read-only file system
  [1]
  $ docker run --rm --mount type=bind,src=/tmp/bb,dst=/x,bind-propagation=bogus busybox true
  docker: Error response from daemon: invalid mount config for type "bind": invalid propagation mode: bogus
  
  Run 'docker run --help' for more information
  [125]
  $ docker run --rm -v /tmp/bb:/x:rw,z busybox cat /x/f; docker run --rm -v /tmp/bb:/x:Z,ro busybox cat /x/f
  x
  x
  $ docker run --rm -v /tmp/bb/f:/etc/hostname busybox cat /etc/hostname
  x
  $ docker run --rm -v /tmp/bb/f:/tmp busybox true
  docker: Error response from daemon: failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: error mounting "/tmp/bb/f" to rootfs at "/tmp": mount src=/tmp/bb/f, dst=/tmp, dstFd=/proc/thread-self/fd/14, flags=MS_BIND|MS_REC: not a directory: unknown: Are you trying to mount a directory onto a file (or vice-versa)? Check if the specified host path exists and is the expected type
  
  Run 'docker run --help' for more information
  [125]
  $ docker run --rm -v /tmp/bb:/bin/sh busybox true
  docker: Error response from daemon: failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: error mounting "/tmp/bb" to rootfs at "/bin/sh": mount src=/tmp/bb, dst=/bin/sh, dstFd=/proc/thread-self/fd/14, flags=MS_BIND|MS_REC: not a directory: unknown: Are you trying to mount a directory onto a file (or vice-versa)? Check if the specified host path exists and is the expected type
  
  Run 'docker run --help' for more information
  [125]
  $ docker run --rm -v relative:/x:bogus busybox true
  docker: Error response from daemon: invalid mode: bogus
  
  Run 'docker run --help' for more information
  [125]
  $ docker run --rm -v ./bb:/x busybox true
  $ docker run --rm -v a:b:c:d busybox true
  docker: Error response from daemon: invalid volume specification: 'a:b:c:d'
  
  Run 'docker run --help' for more information
  [125]
  $ docker run --rm -v :/x busybox true
  docker: invalid spec: :/x: empty section between colons
  
  Run 'docker run --help' for more information
  [125]
  $ docker run --rm -v /x: busybox true
  docker: invalid spec: /x:: empty section between colons
  
  Run 'docker run --help' for more information
  [125]
  $ docker run --rm -v /x:/y -v /z:/y busybox true
  docker: Error response from daemon: Duplicate mount point: /y
  
  Run 'docker run --help' for more information
  [125]
  $ docker run --rm -v v6:/a -v v6:/b busybox sh -c 'touch /a/f; ls /b'
  f
  $ docker run --name anon -v /data busybox touch /data/f; docker inspect -f '{{range .Mounts}}{{.Type}} {{.Destination}} {{.Driver}} {{.RW}} {{len .Name}}{{end}}' anon; V=$(docker inspect -f '{{range .Mounts}}{{.Name}}{{end}}' anon); docker volume inspect -f '{{json .Labels}}' $V; docker rm -v anon; docker volume inspect $V 2>&1 | sed "s/$V/V/"
  volume /data local true 64
  {"com.docker.volume.anonymous":""}
  anon
  []
  Error response from daemon: get V: no such volume
  $ docker run -d --name src -v v7:/d1 -v /tmp/bb:/d2:ro busybox sleep 100 >/dev/null; docker run --rm --volumes-from src busybox sh -c 'ls /d2; touch /d2/z; touch /d1/q'; docker run --rm --volumes-from src:ro busybox touch /d1/z
  f
  touch: /d2/z: Read-only file system
  touch: /d1/z: Read-only file system
  [1]
  $ docker run --rm --volumes-from nosuchc busybox true; docker run --rm --volumes-from src:bogus busybox true
  docker: Error response from daemon: No such container: nosuchc
  
  Run 'docker run --help' for more information
  docker: Error response from daemon: invalid mode: bogus
  
  Run 'docker run --help' for more information
  [125]
  $ docker rm -f src >/dev/null
  $ docker run --rm --tmpfs /t:size=1m,mode=700 busybox sh -c 'df -k /t | tail -1 | awk "{print \$2}"; stat -c %a /t; mount | grep " /t "'
  1024
  700
  tmpfs on /t type tmpfs (rw,nosuid,nodev,noexec,relatime,size=1024k,mode=700)
  $ docker run --rm --tmpfs /t:bogus busybox true
  docker: Error response from daemon: invalid tmpfs option "bogus"
  
  Run 'docker run --help' for more information
  [125]
  $ docker run --rm --tmpfs t busybox true
  docker: Error response from daemon: invalid mount path: 't' mount path must be absolute
  
  Run 'docker run --help' for more information
  [125]
  $ docker run --rm --mount type=tmpfs,dst=/t,tmpfs-size=1m busybox sh -c 'mount | grep " /t "'
  tmpfs on /t type tmpfs (rw,nosuid,nodev,noexec,relatime,size=1024k)
  $ docker run --rm --read-only busybox touch /x; docker run --rm --read-only --tmpfs /tmp busybox touch /tmp/x; docker run --rm --read-only -v v8:/d busybox touch /d/x
  touch: /x: Read-only file system
  $ docker volume ls -q | sort; docker volume ls --format '{{.Name}} {{.Driver}} {{.Scope}} {{.Labels}} {{.Links}} {{.Size}}' | sort | head -3
  v2
  v3
  v4
  v5
  v6
  v7
  v8
  v2 local local  N/A N/A
  v3 local local  N/A N/A
  v4 local local  N/A N/A
  $ docker volume prune -f | sed 's/[0-9.]*[kM]*B/N/'; docker volume prune -af | sed 's/[0-9.]*[kM]*B/N/' | sort
  Total reclaimed space: N
  
  Deleted Volumes:
  Total reclaimed space: N
  v2
  v3
  v4
  v5
  v6
  v7
  v8
  $ docker volume ls -f bogus=1; docker volume ls -f dangling=maybe
  Error response from daemon: invalid filter 'bogus'
  Error response from daemon: invalid filter 'dangling=[maybe]'
  [1]
  $ api -X POST -H "$J" -d '{}' http://d/volumes/create | sed -E 's/"CreatedAt":"[^"]*"/"CreatedAt":"T"/'
  {"CreatedAt":"T","Driver":"local","Labels":{"com.docker.volume.anonymous":""},"Mountpoint":"/var/lib/docker/volumes/CID/_data","Name":"CID","Options":null,"Scope":"local"}
   201
  $ api -X POST -H "$J" -d '{"Name":"x/y"}' http://d/volumes/create
  {"message":"create x/y: \"x/y\" includes invalid characters for a local volume name, only \"[a-zA-Z0-9][a-zA-Z0-9_.-]\" are allowed. If you intended to pass a host directory, use absolute path"}
   400
  $ api -X PUT -H "$J" -d '{}' http://d/volumes/x
  {"message":"volume update only valid for cluster volumes, but swarm is unavailable"}
   503
  $ api -X DELETE http://d/volumes/nosuch; api -X DELETE 'http://d/volumes/nosuch?force=1'
  {"message":"get nosuch: no such volume"}
   404
   204
  $ api 'http://d/volumes?filters=%7B%22bad%22%3A%5B%22x%22%5D%7D'
  {"message":"invalid filter 'bad'"}
   400
  $ docker volume prune -af >/dev/null; api http://d/volumes; api -X POST http://d/volumes/prune
  {"Volumes":[],"Warnings":null}
   200
  {"VolumesDeleted":[],"SpaceReclaimed":0}
   200
