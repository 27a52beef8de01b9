What the engine says to settings of a new container. Steps whose output depends on the machine of the recording are left out.
# needs: busybox
  $ S=${DOCKER_HOST:-unix:///var/run/docker.sock}; S=${S#unix://}; api() { curl -s --unix-socket "$S" -w ' %{http_code}\n' "$@" | sed -E 's/[0-9a-f]{64}/CID/g'; }; J='Content-Type: application/json'
  $ c() { api -X POST -H "$J" -d "$1" 'http://d/containers/create?name=en-z'; docker rm -f en-z >/dev/null 2>&1; }
  $ c '{}'
  {"message":"config cannot be empty in order to create a container"}
   400
  $ c '{"Image":""}'
  {"message":"no command specified"}
   400
  $ c '{"Image":"nosuchxx"}'
  {"message":"No such image: nosuchxx:latest"}
   404
  $ c '{"Image":"Bad Name"}'
  {"message":"invalid reference format: repository name (library/Bad Name) must be lowercase"}
   400
  $ c '{"Image":"busybox","HostConfig":{"NetworkMode":"nosuchnet"}}'
  {"Id":"CID","Warnings":[]}
   201
  $ c '{"Image":"busybox","HostConfig":{"NetworkMode":"container:nosuchxx"}}'
  {"Id":"CID","Warnings":[]}
   201
  $ c '{"Image":"busybox","HostConfig":{"IpcMode":"bogus"}}'
  {"message":"invalid IPC mode: bogus"}
   400
  $ c '{"Image":"busybox","HostConfig":{"IpcMode":"container:nosuchxx"}}'
  {"message":"No such container: nosuchxx"}
   400
  $ c '{"Image":"busybox","HostConfig":{"PidMode":"bogus"}}'
  {"message":"invalid PID mode: bogus"}
   400
  $ c '{"Image":"busybox","HostConfig":{"PidMode":"container:nosuchxx"}}'
  {"message":"No such container: nosuchxx"}
   400
  $ c '{"Image":"busybox","HostConfig":{"UTSMode":"bogus"}}'
  {"message":"invalid UTS mode: bogus"}
   400
  $ c '{"Image":"busybox","HostConfig":{"UsernsMode":"bogus"}}'
  {"Id":"CID","Warnings":[]}
   201
  $ c '{"Image":"busybox","HostConfig":{"CgroupnsMode":"bogus"}}'
  {"message":"invalid cgroup namespace mode: bogus"}
   400
  $ c '{"Image":"busybox","HostConfig":{"Binds":["/a:b"]}}'
  {"message":"invalid volume specification: '/a:b': invalid mount config for type \"bind\": invalid mount path: 'b' mount path must be absolute"}
   500
  $ c '{"Image":"busybox","HostConfig":{"Binds":["/a:/b:bogus"]}}'
  {"message":"invalid mode: bogus"}
   500
  $ c '{"Image":"busybox","HostConfig":{"Binds":["/a:/b","/c:/b"]}}'
  {"message":"Duplicate mount point: /b"}
   400
  $ c '{"Image":"busybox","HostConfig":{"Binds":["a!:/b"]}}'
  {"message":"create a!: \"a!\" includes invalid characters for a local volume name, only \"[a-zA-Z0-9][a-zA-Z0-9_.-]\" are allowed. If you intended to pass a host directory, use absolute path"}
   400
  $ c '{"Image":"busybox","HostConfig":{"Binds":["/a:/"]}}'
  {"message":"invalid volume specification: '/a:/': invalid mount config for type \"bind\": invalid specification: destination can't be '/'"}
   500
  $ c '{"Image":"busybox","HostConfig":{"Mounts":[{"Type":"bind","Source":"/nosuchxx","Target":"/x"}]}}'
  {"message":"invalid mount config for type \"bind\": bind source path does not exist: /nosuchxx"}
   400
  $ c '{"Image":"busybox","HostConfig":{"Mounts":[{"Type":"bogus","Target":"/x"}]}}'
  {"message":"invalid mount config for type \"bogus\": mount type unknown"}
   400
  $ c '{"Image":"busybox","HostConfig":{"Mounts":[{"Type":"volume","Target":""}]}}'
  {"message":"invalid mount config for type \"volume\": field Target must not be empty"}
   400
  $ c '{"Image":"busybox","HostConfig":{"Mounts":[{"Type":"volume","Target":"rel"}]}}'
  {"message":"invalid mount config for type \"volume\": invalid mount path: 'rel' mount path must be absolute"}
   400
  $ c '{"Image":"busybox","HostConfig":{"Mounts":[{"Type":"tmpfs","Source":"x","Target":"/x"}]}}'
  {"message":"invalid mount config for type \"tmpfs\": field Source must not be specified"}
   400
  $ c '{"Image":"busybox","HostConfig":{"Mounts":[{"Type":"bind","Source":"rel","Target":"/x"}]}}'
  {"message":"invalid mount config for type \"bind\": invalid mount path: 'rel' mount path must be absolute"}
   400
  $ c '{"Image":"busybox","HostConfig":{"Mounts":[{"Type":"volume","Source":"v","Target":"/x","VolumeOptions":{"DriverConfig":{"Name":"nosuchd"}}}]}}'
  {"message":"create v: error looking up volume plugin nosuchd: plugin \"nosuchd\" not found"}
   404
  $ c '{"Image":"busybox","HostConfig":{"Tmpfs":{"/x":"bogus"}}}'
  {"Id":"CID","Warnings":[]}
   201
  $ c '{"Image":"busybox","HostConfig":{"CapAdd":["BOGUS"]}}'
  {"message":"invalid CapAdd: unknown capability: \"CAP_BOGUS\""}
   400
  $ c '{"Image":"busybox","HostConfig":{"SecurityOpt":["bogus"]}}'
  {"message":"invalid --security-opt 1: \"bogus\""}
   500
  $ c '{"Image":"busybox","HostConfig":{"SecurityOpt":["seccomp={}x"]}}'
  {"Id":"CID","Warnings":[]}
   201
  $ c '{"Image":"busybox","HostConfig":{"Memory":100}}'
  {"message":"Minimum memory limit allowed is 6MB"}
   400
  $ c '{"Image":"busybox","HostConfig":{"Memory":100000000,"MemorySwap":1000}}'
  {"message":"Minimum memoryswap limit should be larger than memory limit, see usage"}
   400
  $ c '{"Image":"busybox","HostConfig":{"MemorySwap":100000000}}'
  {"message":"You should always set the Memory limit when using Memoryswap limit, see usage"}
   400
  $ c '{"Image":"busybox","HostConfig":{"MemorySwappiness":200}}'
  {"message":"Invalid value: 200, valid memory swappiness range is 0-100"}
   400
  $ c '{"Image":"busybox","HostConfig":{"KernelMemoryTCP":1000000}}'
  {"Id":"CID","Warnings":[]}
   201
  $ c '{"Image":"busybox","HostConfig":{"NanoCpus":99000000000}}'
  {"message":"range of CPUs is from 0.01 to 2.00, as there are only 2 CPUs available"}
   400
  $ c '{"Image":"busybox","HostConfig":{"NanoCpus":1000000000,"CpuQuota":10000}}'
  {"message":"Conflicting options: Nano CPUs and CPU Quota cannot both be set"}
   400
  $ c '{"Image":"busybox","HostConfig":{"CpusetCpus":"99"}}'
  {"message":"Requested CPUs are not available - requested 99, available: 0-1"}
   400
  $ c '{"Image":"busybox","HostConfig":{"CpusetCpus":"x"}}'
  {"message":"Invalid value x for cpuset cpus: invalid format: x"}
   400
  $ c '{"Image":"busybox","HostConfig":{"CpuPeriod":1}}'
  {"message":"CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)"}
   400
  $ c '{"Image":"busybox","HostConfig":{"CpuQuota":1}}'
  {"message":"CPU cfs quota can not be less than 1ms (i.e. 1000)"}
   400
  $ c '{"Image":"busybox","HostConfig":{"PidsLimit":-5}}'
  {"Id":"CID","Warnings":[]}
   201
  $ c '{"Image":"busybox","HostConfig":{"OomScoreAdj":5000}}'
  {"message":"Invalid value 5000, range for oom score adj is [-1000, 1000]"}
   400
  $ c '{"Image":"busybox","HostConfig":{"ShmSize":-1}}'
  {"message":"SHM size can not be less than 0"}
   400
  $ c '{"Image":"busybox","HostConfig":{"Runtime":"bogus"}}'
  {"message":"unknown or invalid runtime name: bogus"}
   400
  $ c '{"Image":"busybox","HostConfig":{"Sysctls":{"bogus":"1"}}}'
  {"Id":"CID","Warnings":[]}
   201
  $ c '{"Image":"busybox","HostConfig":{"Ulimits":[{"Name":"bogus","Soft":1,"Hard":1}]}}'
  {"Id":"CID","Warnings":[]}
   201
  $ c '{"Image":"busybox","HostConfig":{"Devices":[{"PathOnHost":"/dev/nosuch","PathInContainer":"/dev/x","CgroupPermissions":"rwm"}]}}'
  {"Id":"CID","Warnings":[]}
   201
  $ c '{"Image":"busybox","HostConfig":{"PortBindings":{"80":[{"HostPort":"99999"}]}}}'
  {"message":"invalid port specification: \"99999\""}
   400
  $ c '{"Image":"busybox","HostConfig":{"PortBindings":{"80/bogus":[{"HostPort":"80"}]}}}'
  {"Id":"CID","Warnings":[]}
   201
  $ c '{"Image":"busybox","HostConfig":{"PortBindings":{"x/tcp":[{"HostPort":"80"}]}}}'
  {"message":"invalid port specification: \"x\""}
   400
  $ c '{"Image":"busybox","HostConfig":{"PortBindings":{"80/tcp":[{"HostIp":"bad","HostPort":"80"}]}}}'
  {"Id":"CID","Warnings":[]}
   201
  $ c '{"Image":"busybox","ExposedPorts":{"bogus":{}}}'
  {"Id":"CID","Warnings":[]}
   201
  $ c '{"Image":"busybox","HostConfig":{"Dns":["bad"]}}'
  {"Id":"CID","Warnings":[]}
   201
  $ c '{"Image":"busybox","HostConfig":{"ExtraHosts":["bad"]}}'
  {"message":"bad format for add-host: \"bad\""}
   400
  $ c '{"Image":"busybox","HostConfig":{"ExtraHosts":["a:host-gateway"]}}'
  {"Id":"CID","Warnings":[]}
   201
  $ c '{"Image":"busybox","HostConfig":{"Links":["nosuchxx:y"]}}'
  {"message":"could not get container for nosuchxx: No such container: nosuchxx"}
   400
  $ c '{"Image":"busybox","HostConfig":{"VolumesFrom":["nosuchxx"]}}'
  {"message":"No such container: nosuchxx"}
   400
  $ c '{"Image":"busybox","HostConfig":{"VolumesFrom":["nosuchxx:bad"]}}'
  {"message":"invalid mode: bad"}
   400
  $ c '{"Image":"busybox","HostConfig":{"VolumeDriver":"nosuchd","Binds":["vv:/x"]}}'
  {"message":"create vv: error looking up volume plugin nosuchd: plugin \"nosuchd\" not found"}
   404
  $ c '{"Image":"busybox","HostConfig":{"StorageOpt":{"size":"1g"}}}'
  {"message":"--storage-opt is supported only for overlay over xfs with 'pquota' mount option"}
   500
  $ c '{"Image":"busybox","HostConfig":{"Isolation":"hyperv"}}'
  {"message":"invalid isolation (hyperv): linux only supports 'default'"}
   400
  $ c '{"Image":"busybox","HostConfig":{"GroupAdd":["nosuchgroup"]}}'
  {"Id":"CID","Warnings":[]}
   201
  $ c '{"Image":"busybox","HostConfig":{"Annotations":{"":"x"}}}'
  {"message":"invalid Annotations: the empty string is not permitted as an annotation key"}
   400
  $ c '{"Image":"busybox","WorkingDir":"rel"}'
  {"message":"the working directory 'rel' is invalid, it needs to be an absolute path"}
   400
  $ c '{"Image":"busybox","Env":["=x"]}'
  {"message":"invalid environment variable: =x"}
   400
  $ c '{"Image":"busybox","Env":[""]}'
  {"message":"invalid environment variable: "}
   400
  $ c '{"Image":"busybox","StopSignal":"BOGUS"}'
  {"message":"invalid signal: BOGUS"}
   400
  $ c '{"Image":"busybox","Hostname":"bad_host name"}'
  {"Id":"CID","Warnings":[]}
   201
  $ c '{"Image":"busybox","MacAddress":"bad"}'
  {"message":"invalid config for network bridge: invalid MAC address bad"}
   400
  $ c '{"Image":"busybox","Cmd":"one two"}'
  {"Id":"CID","Warnings":[]}
   201
  $ c '{"Image":"busybox","Cmd":5}'
  {"message":"invalid JSON: json: cannot unmarshal number into Go value of type string"}
   400
  $ c '{"Image":5}'
  {"message":"invalid JSON: json: cannot unmarshal number into Go struct field .Image of type string"}
   400
  $ c '[]'
  {"message":"invalid JSON: json: cannot unmarshal array into Go value of type container.CreateRequest"}
   400
  $ c 'null'
  {"message":"config cannot be empty in order to create a container"}
   400
  $ c '{"Image":"busybox"'
  {"message":"invalid JSON: unexpected EOF"}
   400
  $ c '{"Image":"busybox","NetworkingConfig":{"EndpointsConfig":{"nosuchnet":{}}}}'
  {"Id":"CID","Warnings":[]}
   201
  $ c '{"Image":"busybox","NetworkingConfig":{"EndpointsConfig":{"bridge":{"IPAMConfig":{"IPv4Address":"172.17.0.99"}}}}}'
  {"message":"invalid config for network bridge: invalid endpoint settings:\nuser specified IP address is supported on user defined networks only"}
   400
  $ c '{"Image":"busybox","NetworkingConfig":{"EndpointsConfig":{"bridge":{"Aliases":["x"]}}}}'
  {"message":"invalid config for network bridge: invalid endpoint settings:\nnetwork-scoped alias is supported only for containers in user defined networks"}
   400
  $ c '{"Image":"busybox","NetworkingConfig":{"EndpointsConfig":{"bridge":{"IPAMConfig":{"IPv4Address":"bad"}}}}}'
  {"message":"invalid config for network bridge: invalid endpoint settings:\n* user specified IP address is supported on user defined networks only\n* invalid IPv4 address: bad\n* no configured subnet or ip-range contain the IP address bad"}
   400
  $ c '{"Image":"busybox","NetworkingConfig":{"EndpointsConfig":{"bridge":{"MacAddress":"bad"}}}}'
  {"message":"invalid config for network bridge: invalid MAC address bad"}
   400
  $ c '{"Image":"busybox","HostConfig":{"AutoRemove":true,"RestartPolicy":{"Name":"always"}}}'
  {"message":"can't create 'AutoRemove' container with restart policy"}
   400
  $ c '{"Image":"busybox","HostConfig":{"LogConfig":{"Type":"bogus"}}}'
  {"message":"error looking up logging plugin bogus: plugin \"bogus\" not found"}
   400
  $ c '{"Image":"busybox","HostConfig":{"ConsoleSize":[1,2]}}'
  {"Id":"CID","Warnings":[]}
   201
  $ c '{"Image":"busybox","HostConfig":{"ContainerIDFile":"x","CgroupParent":"bad"}}'
  {"Id":"CID","Warnings":[]}
   201
  $ c '{"Image":"busybox","HostConfig":{"ReadonlyPaths":["rel"]}}'
  {"Id":"CID","Warnings":[]}
   201
  $ api -X POST -H "$J" -d '{"Image":"busybox"}' 'http://d/containers/create?name=bad%20name'
  {"message":"Invalid container name (bad name), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed"}
   400
  $ api -X POST -H "$J" -d '{"Image":"busybox"}' 'http://d/containers/create?name=x'
  {"message":"Invalid container name (x), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed"}
   400
  $ api -X POST -d '{"Image":"busybox"}' 'http://d/containers/create'
  {"message":"unsupported Content-Type header (application/x-www-form-urlencoded): must be 'application/json'"}
   400
  $ api -X POST -H "$J" 'http://d/containers/create'
  {"message":"invalid JSON: got EOF while reading request body"}
   400
  $ api -X POST -H "$J" -d '{"Image":"busybox"}{}' 'http://d/containers/create'
  {"message":"unexpected content after JSON"}
   400
