top, stats, system df and their formats.
# needs: busybox
  $ docker run -d --name t1 -m 64m busybox sleep 300 >/dev/null; sleep 0.3; docker top t1 -o comm,args | sort; docker top t1 | head -1; docker top t1 -eo pid,comm | head -1; docker top nosuch; docker top; docker top t1 bogus
  Error response from daemon: Couldn't find PID field in ps output
  UID  PID  PPID  C  STIME  TTY  TIME  CMD
  PID  COMMAND
  Error response from daemon: No such container: nosuch
  docker: 'docker top' requires at least 1 argument
  
  Usage:  docker top CONTAINER [ps OPTIONS]
  
  See 'docker top --help' for more information
  Error response from daemon: ps: error: unsupported option (BSD syntax)
  [1]
  $ docker stats --no-stream --format '{{.Name}} {{.PIDs}} {{.MemUsage}}' t1 | sed -E 's/ [0-9.]+[KM]iB / N /'; docker stats --no-stream t1 | head -1; docker stats --no-stream --format 'table {{.Name}}\t{{.Container}}' t1 | sed -E 's/[0-9a-f]{12}/ID/'; docker stats --no-stream nosuch; docker stats --no-stream --format '{{.Nosuch}}' t1; docker stats --no-stream --no-trunc --format '{{len .ID}}' t1; docker stats --no-stream -a --format json | tr ',' '\n' | cut -d: -f1 | sort | tr '\n' ' '
  t1 1 N / 64MiB
  CONTAINER ID  NAME  CPU %  MEM USAGE / LIMIT  MEM %  NET I/O  BLOCK I/O  PIDS
  NAME  CONTAINER
  t1  t1
  Error response from daemon: No such container: nosuch
  template parsing error: template: :1:2: executing "" at <.Nosuch>: can't evaluate field Nosuch in type *container.statsContext
  64
  "CPUPerc" "Container" "ID" "MemPerc" "MemUsage" "Name" "NetIO" "PIDs" {"BlockIO"
  $ docker system df --format '{{.Type}} {{.TotalCount}}' | sed -n '2,3p'; docker system df --format 'table {{.Type}}\t{{.Active}}' | head -1; docker system df | head -1; docker system df -v | grep -E '^[A-Z].*(usage|NAME|ID)' ; docker system df --format '{{.Nosuch}}'; docker system df -v --format '{{range .Containers}}{{.Names}} {{.Image}} {{.LocalVolumes}}{{end}}'
  Containers 1
  Local Volumes 0
  TYPE  ACTIVE
  TYPE  TOTAL  ACTIVE  SIZE  RECLAIMABLE
  Images space usage:
  REPOSITORY  TAG  IMAGE ID  CREATED  SIZE  SHARED SIZE  UNIQUE SIZE  CONTAINERS
  Containers space usage:
  CONTAINER ID  IMAGE  COMMAND  LOCAL VOLUMES  SIZE  CREATED  STATUS  NAMES
  Local Volumes space usage:
  VOLUME NAME  LINKS  SIZE
  Build cache usage: 0B
  CACHE ID  CACHE TYPE  SIZE  CREATED  LAST USED  USAGE  SHARED
  template parsing error: template: :1:2: executing "" at <.Nosuch>: can't evaluate field Nosuch in type *formatter.diskUsageImagesContext
  t1 busybox 0
  $ docker pause t1 >/dev/null; docker top t1 -o comm | sort; docker unpause t1 >/dev/null; docker stop -t 0 t1 >/dev/null; docker top t1; docker stats --no-stream --format '{{.Name}} {{.MemUsage}} {{.PIDs}}' t1; docker rm t1
  Error response from daemon: Couldn't find PID field in ps output
  Error response from daemon: container <id> is not running
  t1 0B / 0B 0
  t1
