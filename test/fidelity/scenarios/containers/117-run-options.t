Options of run, and their errors. Steps whose output depends on the machine of the recording are left out.
# needs: busybox
  $ S=${DOCKER_HOST:-unix:///var/run/docker.sock}; S=${S#unix://}; api() { curl -s --unix-socket "$S" -w ' %{http_code}\n' "$@" | sed -E 's/[0-9a-f]{64}/CID/g'; }; J='Content-Type: application/json'
  $ docker run --rm --ulimit nofile=100:200 busybox sh -c 'ulimit -n; ulimit -Hn'; docker run --rm --ulimit nofile=200:100 busybox true; docker run --rm --ulimit bogus=1 busybox true; docker run --rm --ulimit nofile=x busybox true
  100
  200
  invalid argument "nofile=200:100" for "--ulimit" flag: ulimit soft limit must be less than or equal to hard limit: 200 > 100
  
  Usage:  docker run [OPTIONS] IMAGE [COMMAND] [ARG...]
  
  Run 'docker run --help' for more information
  invalid argument "bogus=1" for "--ulimit" flag: invalid ulimit type: bogus
  
  Usage:  docker run [OPTIONS] IMAGE [COMMAND] [ARG...]
  
  Run 'docker run --help' for more information
  invalid argument "nofile=x" for "--ulimit" flag: strconv.ParseInt: parsing "x": invalid syntax
  
  Usage:  docker run [OPTIONS] IMAGE [COMMAND] [ARG...]
  
  Run 'docker run --help' for more information
  [125]
  $ docker run --rm -m 32m busybox sh -c 'free -m | head -2 | tail -1 | wc -w'; docker run --name oom -m 20m busybox sh -c 'tail /dev/zero'; echo $?; docker inspect -f '{{.State.OOMKilled}} {{.State.ExitCode}}' oom; docker rm oom
  7
  137
  true 137
  oom
  $ docker run --rm --hostname h1 --domainname d1 busybox sh -c 'hostname; cat /etc/hosts | tail -1 | cut -f2; cat /etc/hostname'; docker run --rm --add-host a:1.2.3.4 --add-host b=5.6.7.8 --add-host gw:host-gateway busybox grep -E '[[:blank:]](a|b|gw)$' /etc/hosts; docker run --rm --dns 9.9.9.9 --dns-search s.example --dns-option ndots:2 busybox cat /etc/resolv.conf | grep -v '^#' | grep .
  h1
  h1.d1 h1
  h1
  1.2.3.4	a
  5.6.7.8	b
  172.17.0.1	gw
  nameserver 9.9.9.9
  search s.example
  options ndots:2
  $ docker run --rm --security-opt no-new-privileges busybox grep NoNewPrivs /proc/self/status; docker run --rm --security-opt seccomp=unconfined busybox grep Seccomp: /proc/self/status; docker run --rm --security-opt bogus busybox true; docker run --rm --security-opt seccomp=/nosuch busybox true; docker run --rm --security-opt apparmor=x busybox echo ok; docker run --rm --security-opt label=disable busybox echo ok
  NoNewPrivs:	1
  Seccomp:	0
  docker: Invalid --security-opt: "bogus"
  
  Run 'docker run --help' for more information
  docker: opening seccomp profile (/nosuch) failed: open /nosuch: no such file or directory
  
  Run 'docker run --help' for more information
  ok
  ok
  $ docker run --rm --sysctl net.ipv4.ip_forward=1 busybox cat /proc/sys/net/ipv4/ip_forward; docker run --rm --sysctl kernel.msgmax=9000 busybox cat /proc/sys/kernel/msgmax; docker run --rm --sysctl bogus=1 busybox true; docker run --rm --sysctl kernel.hostname=x busybox true; docker run --rm --network host --sysctl net.ipv4.ip_forward=1 busybox true
  1
  9000
  invalid argument "bogus=1" for "--sysctl" flag: sysctl 'bogus=1' is not allowed
  
  Usage:  docker run [OPTIONS] IMAGE [COMMAND] [ARG...]
  
  Run 'docker run --help' for more information
  invalid argument "kernel.hostname=x" for "--sysctl" flag: sysctl 'kernel.hostname=x' is not allowed
  
  Usage:  docker run [OPTIONS] IMAGE [COMMAND] [ARG...]
  
  Run 'docker run --help' for more information
  docker: Error response from daemon: failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: sysctl "net.ipv4.ip_forward" not allowed in host network namespace: unknown
  
  Run 'docker run --help' for more information
  [125]
  $ docker run --rm --device /dev/null:/dev/xnull busybox ls -l /dev/xnull | cut -c1-10; docker run --rm --device /dev/nosuch busybox true; docker run --rm --device /dev/null:/dev/x:bad busybox true; docker run --rm --device-cgroup-rule 'c 1:3 rwm' busybox echo ok; docker run --rm --device-cgroup-rule bad busybox true; docker run --rm --gpus all busybox true
  crw-rw-rw-
  docker: Error response from daemon: error gathering device information while adding custom device "/dev/nosuch": no such file or directory
  
  Run 'docker run --help' for more information
  docker: bad mode specified: bad
  
  Run 'docker run --help' for more information
  ok
  invalid argument "bad" for "--device-cgroup-rule" flag: invalid device cgroup format 'bad'
  
  Usage:  docker run [OPTIONS] IMAGE [COMMAND] [ARG...]
  
  Run 'docker run --help' for more information
  docker: Error response from daemon: could not select device driver "" with capabilities: [[gpu]]
  
  Run 'docker run --help' for more information
  [125]
  $ docker run --rm --group-add 100 --group-add nosuch busybox id; docker run --rm --group-add 100 --group-add 200 busybox id; docker run --rm -u 1000 busybox id; docker run --rm -u nosuch busybox id; docker run --rm -u 1:nosuchg busybox id
  docker: Error response from daemon: unable to find group nosuch: no matching entries in group file
  
  Run 'docker run --help' for more information
  uid=0(root) gid=0(root) groups=0(root),100,200
  uid=1000 gid=0(root) groups=0(root)
  docker: Error response from daemon: unable to find user nosuch: no matching entries in passwd file
  
  Run 'docker run --help' for more information
  docker: Error response from daemon: unable to find group nosuchg: no matching entries in group file
  
  Run 'docker run --help' for more information
  [125]
  $ docker run --rm --stop-signal SIGUSR1 --stop-timeout 1 busybox true; docker create --name s1 --stop-signal USR1 --stop-timeout 3 busybox true >/dev/null; docker inspect -f '{{.Config.StopSignal}} {{.Config.StopTimeout}}' s1; docker rm s1; docker run --rm --stop-signal bogus busybox true
  USR1 3
  s1
  docker: Error response from daemon: invalid signal: bogus
  
  Run 'docker run --help' for more information
  [125]
  $ printf 'A=1\n# c\nB\n C=3\nD=\n' > ef; B=fromenv docker run --rm --env-file ef busybox env | grep -E '^[ A-D]' | sort; printf 'bad line=1\n' > ef2; docker run --rm --env-file ef2 busybox true; docker run --rm --env-file /nosuch busybox true; docker run --rm -e X busybox env | grep -c X=; docker run --rm -e =x busybox true
  A=1
  B=fromenv
  C=3
  D=
  docker: invalid env file (ef2): variable 'bad line' contains whitespaces
  
  Run 'docker run --help' for more information
  docker: open /nosuch: no such file or directory
  
  Run 'docker run --help' for more information
  0
  invalid argument "=x" for "-e, --env" flag: invalid environment variable: =x
  
  Usage:  docker run [OPTIONS] IMAGE [COMMAND] [ARG...]
  
  Run 'docker run --help' for more information
  [125]
  $ printf 'l1=a\nl2\n' > lf; docker create --name lb --label-file lf -l l3 -l l4=x=y busybox >/dev/null; docker inspect -f '{{json .Config.Labels}}' lb; docker rm lb
  {"l1":"a","l3":"","l4":"x=y"}
  lb
  $ docker run --rm --workdir /made/by/run busybox pwd; docker run --rm -w rel busybox pwd; docker run --rm -w /etc/passwd busybox pwd; docker run --rm --entrypoint echo busybox hi; docker run --rm --entrypoint '' busybox echo reset; docker run --rm --entrypoint nosuch busybox; docker run --rm busybox ''; docker run --rm busybox /etc
  /made/by/run
  docker: Error response from daemon: the working directory 'rel' is invalid, it needs to be an absolute path
  
  Run 'docker run --help' for more information
  docker: Error response from daemon: Cannot mkdir: /etc/passwd is not a directory
  
  Run 'docker run --help' for more information
  hi
  reset
  docker: Error response from daemon: failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: "nosuch": executable file not found in $PATH: unknown
  
  Run 'docker run --help' for more information
  docker: Error response from daemon: failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: "": executable file not found in $PATH: unknown
  
  Run 'docker run --help' for more information
  docker: Error response from daemon: failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: "/etc": is a directory: unknown: permission denied
  
  Run 'docker run --help' for more information
  [126]
