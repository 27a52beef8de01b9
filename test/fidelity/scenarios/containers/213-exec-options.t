docker exec: users, folders, variables, statuses.
# needs: busybox, debian
  $ docker run -d --name x1 -e A=image -w /tmp -u 0 busybox sleep 300 >/dev/null; docker exec x1 pwd; docker exec -w /etc x1 pwd; docker exec -e A=exec -e B x1 sh -c 'echo $A $B'; B=host docker exec -e B x1 sh -c 'echo $B'; docker exec -u 1000:50 x1 id; docker exec -u www-data x1 id -un; docker exec -u nosuch x1 true; docker exec -u 0:nosuch x1 true; docker exec -w /nosuch x1 true; docker exec -w rel x1 true
  /tmp
  /etc
  exec
  host
  uid=1000 gid=50 groups=50
  www-data
  Error response from daemon: unable to find user nosuch: no matching entries in passwd file
  Error response from daemon: unable to find group nosuch: no matching entries in group file
  OCI runtime exec failed: exec failed: unable to start container process: chdir to cwd ("/nosuch") set in config.json failed: no such file or directory: unknown
  OCI runtime exec failed: exec failed: Cwd must be an absolute path: unknown
  [128]
  $ docker exec x1 sh -c 'exit 42'; echo $?; docker exec x1 nosuch; echo $?; docker exec x1 /etc; echo $?; docker exec x1 /etc/passwd; echo $?; docker exec nosuch true; echo $?; docker exec x1; echo $?; docker exec -d x1 sh -c 'echo d >/tmp/detached'; sleep 0.5; docker exec x1 cat /tmp/detached; docker exec x1 sh -c 'kill -9 $$'; echo $?; echo in | docker exec -i x1 cat; docker exec x1 cat </dev/null
  42
  OCI runtime exec failed: exec failed: unable to start container process: exec: "nosuch": executable file not found in $PATH: unknown
  127
  OCI runtime exec failed: exec failed: unable to start container process: exec: "/etc": is a directory: unknown: permission denied
  126
  OCI runtime exec failed: exec failed: unable to start container process: exec: "/etc/passwd": permission denied: unknown
  126
  Error response from daemon: No such container: nosuch
  1
  docker: 'docker exec' requires at least 2 arguments
  
  Usage:  docker exec [OPTIONS] CONTAINER COMMAND [ARG...]
  
  See 'docker exec --help' for more information
  1
  d
  137
  in
  $ printf 'F=file\nG=other\n' >/tmp/ef; docker exec --env-file /tmp/ef x1 sh -c 'echo $F $G'; docker exec --env-file /nosuch x1 true; docker exec --privileged x1 sh -c 'grep CapEff /proc/self/status | cut -c8-14'; docker exec x1 sh -c 'grep CapEff /proc/self/status | cut -f2'; docker exec -u 33 x1 sh -c 'grep CapEff /proc/self/status | cut -f2'; docker exec -t x1 true; echo $?; docker exec --bogus x1 true; docker exec x1 sh -c 'echo out; echo err >&2' 2>/dev/null
  file other
  open /nosuch: no such file or directory
  	000001
  00000000a80425fb
  0000000000000000
  0
  unknown flag: --bogus
  
  Usage:  docker exec [OPTIONS] CONTAINER COMMAND [ARG...]
  
  Run 'docker exec --help' for more information
  out
  $ docker pause x1 >/dev/null; docker exec x1 true; docker unpause x1 >/dev/null; docker stop -t 0 x1 >/dev/null; docker exec x1 true; docker rm x1; docker exec x1 true
  Error response from daemon: Container x1 is paused, unpause the container before exec
  Error response from daemon: container <id> is not running
  x1
  Error response from daemon: No such container: x1
  [1]
