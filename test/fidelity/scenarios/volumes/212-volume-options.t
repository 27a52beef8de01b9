Volumes: options, mounts of each kind, and what is refused.
# needs: busybox
  $ docker volume create --opt type=tmpfs --opt device=tmpfs --opt o=size=1m vt; docker volume inspect vt --format '{{json .Options}} {{.Driver}} {{.Scope}} {{json .Labels}}'; docker run --rm -v vt:/t busybox sh -c 'df -k /t | tail -1 | tr -s " " | cut -d" " -f1,2'; docker volume create --opt bogus=1 vx; docker volume create --driver nosuch vy 2>&1 | tail -1; docker volume create 'bad name'; docker volume create x
  vt
  {"device":"tmpfs","o":"size=1m","type":"tmpfs"} local local null
  tmpfs 1024
  Error response from daemon: create vx: invalid option: "bogus"
  Error response from daemon: create vy: error looking up volume plugin nosuch: plugin "nosuch" not found
  Error response from daemon: create bad name: "bad name" includes invalid characters for a local volume name, only "[a-zA-Z0-9][a-zA-Z0-9_.-]" are allowed. If you intended to pass a host directory, use absolute path
  Error response from daemon: create x: volume name is too short, names should be at least two alphanumeric characters
  [1]
  $ mkdir -p /tmp/vb && echo host >/tmp/vb/f; docker volume create --opt type=none --opt device=/tmp/vb --opt o=bind vb; docker run --rm -v vb:/d busybox cat /d/f; docker volume create --opt type=none --opt device=/nosuch --opt o=bind vn; docker run --rm -v vn:/d busybox true
  vb
  host
  vn
  docker: Error response from daemon: error while mounting volume '/var/lib/docker/volumes/vn/_data': failed to mount local volume: mount /nosuch:/var/lib/docker/volumes/vn/_data, flags: 0x1000: no such file or directory
  
  Run 'docker run --help' for more information
  [127]
  $ docker run --rm -v vs:/etc busybox sh -c 'test -f /etc/passwd && echo seeded'; docker run --rm --mount type=volume,src=vs2,dst=/etc,volume-nocopy busybox ls /etc | grep -c passwd; docker run --rm -v vs:/data:ro busybox touch /data/x; docker run --rm -v vs:/data:bogus busybox true; docker run --rm -v vs:data busybox true; docker run --rm -v /a:/b:/c:/d busybox true; docker run --rm -v vs:/ busybox true
  seeded
  0
  touch: /data/x: Read-only file system
  docker: Error response from daemon: invalid mode: bogus
  
  Run 'docker run --help' for more information
  docker: Error response from daemon: invalid volume specification: 'vs:data': invalid mount config for type "volume": invalid mount path: 'data' mount path must be absolute
  
  Run 'docker run --help' for more information
  docker: invalid spec: /a:/b:/c:/d: too many colons
  
  Run 'docker run --help' for more information
  docker: Error response from daemon: invalid volume specification: 'vs:/': invalid mount config for type "volume": invalid specification: destination can't be '/'
  
  Run 'docker run --help' for more information
  [125]
  $ docker run --rm --mount type=bind,src=/nosuch,dst=/x busybox true; docker run --rm --mount type=bind,src=/tmp/vb,dst=/x,readonly busybox touch /x/y; docker run --rm --mount type=tmpfs,dst=/x,tmpfs-size=1m,tmpfs-mode=1770 busybox stat -c %a /x; docker run --rm --tmpfs /x:size=64k,mode=700 busybox sh -c 'stat -c %a /x; dd if=/dev/zero of=/x/f bs=1k count=100 2>&1 | head -1'; docker run --rm --mount type=bogus,dst=/x busybox true; docker run --rm --mount type=volume busybox true; docker run --rm --mount type=bind,dst=/x busybox true; docker run --rm --mount bogus busybox true; docker run --rm --mount type=volume,src=vs,dst=/d,volume-subpath=nosuch busybox true
  docker: Error response from daemon: invalid mount config for type "bind": bind source path does not exist: /nosuch
  
  Run 'docker run --help' for more information
  touch: /x/y: Read-only file system
  1770
  700
  dd: error writing '/x/f': No space left on device
  docker: Error response from daemon: invalid mount config for type "bogus": mount type unknown
  
  Run 'docker run --help' for more information
  invalid argument "type=volume" for "--mount" flag: target is required
  
  Usage:  docker run [OPTIONS] IMAGE [COMMAND] [ARG...]
  
  Run 'docker run --help' for more information
  docker: Error response from daemon: invalid mount config for type "bind": field Source must not be empty
  
  Run 'docker run --help' for more information
  invalid argument "bogus" for "--mount" flag: invalid field 'bogus' must be a key=value pair
  
  Usage:  docker run [OPTIONS] IMAGE [COMMAND] [ARG...]
  
  Run 'docker run --help' for more information
  docker: Error response from daemon: cannot access path /var/lib/docker/volumes/vs/_data/nosuch: lstat /var/lib/docker/volumes/vs/_data/nosuch: no such file or directory
  
  Run 'docker run --help' for more information
  [127]
  $ docker run -d --name d1 -v /anon -v vs:/named busybox sleep 300 >/dev/null; docker run --rm --volumes-from d1 busybox ls -d /anon /named; docker run --rm --volumes-from d1:ro busybox touch /named/x; docker run --rm --volumes-from nosuch busybox true; docker inspect -f '{{range .Mounts}}{{.Type}} {{.Destination}} {{.RW}};{{end}}' d1 | tr ';' '\n' | sort; docker volume rm vs; docker volume ls --filter dangling=true -q | sort; docker rm -f d1; docker volume ls -q | grep -cE '^[0-9a-f]{64}$'; docker rm -v d1
  /anon
  /named
  touch: /named/x: Read-only file system
  docker: Error response from daemon: No such container: nosuch
  
  Run 'docker run --help' for more information
  
  volume /anon true
  volume /named true
  Error response from daemon: remove vs: volume is in use - [<id>]
  vb
  vn
  vs2
  vt
  d1
  1
  Error response from daemon: No such container: d1
  [1]
  $ docker volume ls --filter name=v -q | sort; docker volume ls --filter driver=local --format '{{.Name}} {{.Driver}} {{.Mountpoint}}' | sort | head -1; docker volume ls --format '{{.Nosuch}}'; docker volume inspect nosuch; docker volume rm nosuch; docker volume rm -f nosuch; docker volume rm vt vb vn vs vs2; docker volume prune -af >/dev/null; rm -r /tmp/vb
  vb
  vn
  vs
  vs2
  vt
  <id> local /var/lib/docker/volumes/<id>/_data
  template parsing error: template: :1:2: executing "" at <.Nosuch>: can't evaluate field Nosuch in type *formatter.volumeContext
  []
  Error response from daemon: get nosuch: no such volume
  Error response from daemon: get nosuch: no such volume
  nosuch
  vt
  vb
  vn
  vs
  vs2
