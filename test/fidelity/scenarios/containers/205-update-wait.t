docker update, wait and their errors.
# needs: busybox
  $ docker run -d --name uu -m 64m --cpus 0.5 busybox sleep 300 >/dev/null; docker inspect -f '{{.HostConfig.Memory}} {{.HostConfig.MemorySwap}} {{.HostConfig.NanoCpus}}' uu
  67108864 134217728 500000000
  $ docker update -m 32m uu; docker inspect -f '{{.HostConfig.Memory}} {{.HostConfig.MemorySwap}}' uu; docker update -m 256m uu; docker update -m 256m --memory-swap 512m uu; docker inspect -f '{{.HostConfig.Memory}} {{.HostConfig.MemorySwap}}' uu
  uu
  33554432 134217728
  Error response from daemon: Cannot update container <id>: Memory limit should be smaller than already set memoryswap limit, update the memoryswap at the same time
  uu
  268435456 536870912
  $ docker update --cpus 1 uu; docker inspect -f '{{.HostConfig.NanoCpus}}' uu; docker update --cpu-period 100000 uu; docker update --cpu-shares 512 --pids-limit 20 uu; docker inspect -f '{{.HostConfig.CpuShares}} {{.HostConfig.PidsLimit}}' uu; docker update --cpuset-cpus 99 uu; docker update -m 1k uu
  uu
  1000000000
  Error response from daemon: Cannot update container <id>: Conflicting options: CPU Period cannot be updated as NanoCPUs has already been set
  uu
  512 20
  Error response from daemon: Requested CPUs are not available - requested 99, available: 0-1
  Error response from daemon: Minimum memory limit allowed is 6MB
  [1]
  $ docker update uu; docker update nosuch; docker update --restart bogus uu; docker update --restart on-failure:4 uu nosuch; docker inspect -f '{{json .HostConfig.RestartPolicy}}' uu; docker update; docker update -m x uu
  you must provide one or more flags when using this command
  you must provide one or more flags when using this command
  Error response from daemon: invalid restart policy: unknown policy 'bogus'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'
  uu
  Error response from daemon: No such container: nosuch
  {"Name":"on-failure","MaximumRetryCount":4}
  docker: 'docker update' requires at least 1 argument
  
  Usage:  docker update [OPTIONS] CONTAINER [CONTAINER...]
  
  See 'docker update --help' for more information
  invalid argument "x" for "-m, --memory" flag: invalid size: 'x'
  
  Usage:  docker update [OPTIONS] CONTAINER [CONTAINER...]
  
  Run 'docker update --help' for more information
  [125]
  $ docker rm -f uu; docker update uu
  uu
  you must provide one or more flags when using this command
  [1]
  $ docker run -d --name w1 busybox sh -c 'sleep 0.5; exit 4' >/dev/null; docker run -d --name w2 busybox sh -c 'sleep 1; exit 5' >/dev/null; docker wait w1 w2; docker wait w1; docker wait nosuch; echo $?; docker wait w1 nosuch; docker wait; docker rm w1 w2
  4
  5
  4
  Error response from daemon: No such container: nosuch
  1
  4
  Error response from daemon: No such container: nosuch
  docker: 'docker wait' requires at least 1 argument
  
  Usage:  docker wait CONTAINER [CONTAINER...]
  
  See 'docker wait --help' for more information
  w1
  w2
  $ docker create --name w3 busybox true >/dev/null; docker wait w3; docker rm w3
  0
  w3
