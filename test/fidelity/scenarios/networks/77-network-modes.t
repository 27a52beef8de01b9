Network modes, networks and their errors. Steps whose output depends on the machine of the recording are left out.
# needs: busybox
  $ S=${DOCKER_HOST:-unix:///var/run/docker.sock}; S=${S#unix://}; api() { curl -s --unix-socket "$S" -w ' %{http_code}\n' "$@" | sed -E 's/[0-9a-f]{64}/CID/g'; }; J='Content-Type: application/json'
  $ docker create --name st busybox sleep 100 >/dev/null; docker run -d --name up busybox sleep 1000 >/dev/null
  $ docker run --name z1 --network container:st busybox true; docker inspect -f '{{.State.Status}} {{.State.ExitCode}} {{.State.Error}}' z1; docker rm z1
  docker: Error response from daemon: cannot join network namespace of a non running container: container st is created
  
  Run 'docker run --help' for more information
  created 128 cannot join network namespace of a non running container: container st is created
  z1
  $ docker run --name z1 --network container:nosuchxx busybox true; docker rm z1
  docker: Error response from daemon: joining network namespace of container: No such container: nosuchxx
  
  Run 'docker run --help' for more information
  z1
  $ docker run --name z1 --ipc container:st busybox true; docker rm z1
  docker: Error response from daemon: failed to join IPC namespace: container <id> is not running
  
  Run 'docker run --help' for more information
  z1
  $ docker run --name z1 --ipc container:up busybox true; docker rm z1
  docker: Error response from daemon: failed to join IPC namespace: container <id>: non-shareable IPC (hint: use IpcMode:shareable for the donor container)
  
  Run 'docker run --help' for more information
  z1
  $ docker run --name z1 --pid container:st busybox true; docker rm z1
  docker: Error response from daemon: failed to join PID namespace: container <id> is not running
  
  Run 'docker run --help' for more information
  z1
  $ docker run --rm --network container:up busybox hostname | wc -c
  13
  $ docker run --rm --network container:up -p 80:80 busybox true
  docker: Error response from daemon: conflicting options: port publishing and the container type network mode
  
  Run 'docker run --help' for more information
  [125]
  $ docker run --rm --network container:up --expose 80 busybox true
  docker: Error response from daemon: conflicting options: port exposing and the container type network mode
  
  Run 'docker run --help' for more information
  [125]
  $ docker run --rm --network container:up --hostname x busybox true
  docker: Error response from daemon: conflicting options: hostname and the network mode
  
  Run 'docker run --help' for more information
  [125]
  $ docker run --rm --network container:up --dns 1.1.1.1 busybox true
  docker: Error response from daemon: conflicting options: dns and the network mode
  
  Run 'docker run --help' for more information
  [125]
  $ docker run --rm --network container:up --add-host a:1.1.1.1 busybox true
  docker: Error response from daemon: conflicting options: custom host-to-IP mapping and the network mode
  
  Run 'docker run --help' for more information
  [125]
  $ docker run --rm --network container:up --mac-address 02:42:ac:11:00:99 busybox true
  $ docker run --rm --network container:up --link up busybox true
  docker: Error response from daemon: conflicting options: container type network can't be used with links. This would result in undefined behavior
  
  Run 'docker run --help' for more information
  [125]
  $ docker run --rm --network host --link up busybox true
  docker: Error response from daemon: conflicting options: host type networking can't be used with links. This would result in undefined behavior
  
  Run 'docker run --help' for more information
  [125]
  $ docker run --rm --network none --ip 172.17.0.9 busybox true
  docker: Error response from daemon: invalid config for network none: invalid endpoint settings:
  * user specified IP address is supported on user defined networks only
  * user specified IP address is supported only when connecting to networks with user configured subnets
  
  Run 'docker run --help' for more information
  [125]
  $ docker run --rm --network host -p 80:80 busybox true
  WARNING: Published ports are discarded when using host network mode
  $ docker run --rm --network bridge --network-alias x busybox true
  docker: network-scoped aliases are only supported for user-defined networks
  
  Run 'docker run --help' for more information
  [125]
  $ docker run --rm --uts host --hostname x busybox true
  docker: Error response from daemon: conflicting options: hostname and the UTS mode
  
  Run 'docker run --help' for more information
  [125]
  $ docker run --rm --ipc bogus busybox true
  docker: Error response from daemon: invalid IPC mode: bogus
  
  Run 'docker run --help' for more information
  [125]
  $ docker run --rm --pid bogus busybox true
  docker: --pid: invalid PID mode
  
  Run 'docker run --help' for more information
  [125]
  $ docker run --rm --uts bogus busybox true
  docker: --uts: invalid UTS mode
  
  Run 'docker run --help' for more information
  [125]
  $ docker run --rm --cgroupns bogus busybox true
  docker: --cgroupns: invalid CGROUP mode
  
  Run 'docker run --help' for more information
  [125]
  $ docker run --rm --userns bogus busybox true
  docker: --userns: invalid USER mode
  
  Run 'docker run --help' for more information
  [125]
  $ docker run --rm --cgroup-parent bad/x busybox true
  $ docker network create -d bridge nn >/dev/null; docker run --rm --network nn --network-alias al --ip 10.0.0.1 busybox true
  docker: Error response from daemon: invalid config for network nn: invalid endpoint settings:
  user specified IP address is supported only when connecting to networks with user configured subnets
  
  Run 'docker run --help' for more information
  [125]
  $ docker network disconnect nosuchn nosuchc; docker network connect nosuchn nosuchc; docker network connect nn nosuchc; docker network disconnect nn nosuchc; docker network disconnect -f nn nosuchc
  Error response from daemon: No such container: nosuchc
  Error response from daemon: No such container: nosuchc
  Error response from daemon: No such container: nosuchc
  Error response from daemon: No such container: nosuchc
  Error response from daemon: endpoint nosuchc not found
  [1]
  $ docker network connect nn st; docker inspect -f '{{range $k,$v := .NetworkSettings.Networks}}{{$k}} {{end}}' st; docker network disconnect bridge st; docker inspect -f '{{range $k,$v := .NetworkSettings.Networks}}{{$k}} {{end}}' st
  bridge nn
  nn
  $ docker network create --subnet 10.9.0.0/16 --gateway 10.9.0.1 --ip-range 10.9.5.0/24 --aux-address r=10.9.5.1 nr >/dev/null; docker run --rm --network nr busybox ip a | grep 'inet 10'
    inet 10.9.5.0/16 brd 10.9.255.255 scope global eth0
  $ docker run --rm --network nr --ip 10.9.9.9 busybox ip a | grep 'inet 10'
    inet 10.9.9.9/16 brd 10.9.255.255 scope global eth0
  $ docker run -d --name d1 --network nr --ip 10.9.9.9 busybox sleep 100 >/dev/null; docker run --rm --network nr --ip 10.9.9.9 busybox true
  docker: Error response from daemon: failed to set up container networking: Address already in use
  
  Run 'docker run --help' for more information
  [125]
  $ docker run --rm --network nr --ip 10.10.0.1 busybox true
  docker: Error response from daemon: invalid config for network nr: invalid endpoint settings:
  no configured subnet or ip-range contain the IP address 10.10.0.1
  
  Run 'docker run --help' for more information
  [125]
  $ docker rm -f d1; docker network rm nr
  d1
  nr
  $ docker network create --subnet 10.9.0.0/16 n1 >/dev/null; docker network create --subnet 10.9.1.0/24 n2; docker network rm n1
  Error response from daemon: invalid pool request: Pool overlaps with other one on this address space
  n1
  $ docker network create --subnet bad n2
  Error response from daemon: invalid network config:
  invalid subnet bad: invalid CIDR block notation
  [1]
  $ docker network create --subnet 10.1.0.0/8 n2
  Error response from daemon: invalid network config:
  invalid subnet 10.1.0.0/8: it should be 10.0.0.0/8
  [1]
  $ docker network create --gateway 10.0.0.1 n2
  every ip-range or gateway must have a corresponding subnet
  [1]
  $ docker network create --subnet 10.9.0.0/16 --gateway 11.0.0.1 n2
  no matching subnet for gateway 11.0.0.1
  [1]
  $ docker network create --subnet 10.9.0.0/16 --subnet 10.10.0.0/16 n2
  Error response from daemon: bridge driver doesn't support multiple subnets
  [1]
  $ docker network create --opt bogus=1 n3; docker network inspect n3 -f '{{json .Options}}'; docker network rm n3
  <id>
  {"bogus":"1"}
  n3
  $ docker network create --opt com.docker.network.driver.mtu=abc n3
  Error response from daemon: failed to parse com.docker.network.driver.mtu value: abc (strconv.Atoi: parsing "abc": invalid syntax)
  [1]
  $ docker network create --opt com.docker.network.bridge.name=toolongnametoolongname n3
  Error response from daemon: numerical result out of range
  [1]
  $ docker network create --attachable --label a=b --scope local n3 >/dev/null; docker network inspect n3 -f '{{.Attachable}} {{.Scope}} {{json .Labels}}'; docker network rm n3
  true local {"a":"b"}
  n3
  $ docker network create --config-only --subnet 10.5.0.0/16 cfg >/dev/null; docker network create --config-from cfg from; docker network inspect from -f '{{json .ConfigFrom}} {{json .IPAM.Config}}'; docker network inspect cfg -f '{{.ConfigOnly}} {{.Driver}} {{json .IPAM}}'; docker network rm cfg; docker network rm from cfg
  <id>
  {"Network":"cfg"} [{"Subnet":"10.5.0.0/16"}]
  true null {"Driver":"default","Options":{},"Config":[{"Subnet":"10.5.0.0/16"}]}
  Error response from daemon: error while removing network: configuration network "cfg" is in use
  exit status 1
  from
  cfg
  $ docker network create --config-from nosuchn from
  Error response from daemon: configuration network "nosuchn" does not exist
  [1]
  $ docker network create -d overlay ov
  Error response from daemon: This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm and try again.
  [1]
  $ docker network create -d bogus bb
  Error response from daemon: plugin "bogus" not found
  [1]
  $ docker network create --ipam-driver bogus bb
  Error response from daemon: plugin "bogus" not found
  [1]
  $ docker network create -d macvlan mv >/dev/null; docker network inspect mv -f '{{.Driver}} {{json .Options}}'; docker network rm mv
  Error response from daemon: operation not supported
  
  Error response from daemon: network mv not found
  Error response from daemon: network mv not found
  exit status 1
  [1]
  $ docker network create -d ipvlan iv >/dev/null; docker network inspect iv -f '{{.Driver}} {{json .Options}}'; docker network rm iv
  Error response from daemon: operation not supported
  
  Error response from daemon: network iv not found
  Error response from daemon: network iv not found
  exit status 1
  [1]
  $ docker network create -d macvlan -o parent=lo mv
  Error response from daemon: loopback interface is not a valid macvlan parent link
  [1]
  $ docker network create -d macvlan --subnet 10.77.0.0/24 -o macvlan_mode=private mv >/dev/null; docker run --rm --network mv busybox ip a | grep -E '^[0-9]|inet 10' | sed -E 's/@if[0-9]+/@IF/;s/^[0-9]+/N/'; docker run --rm --network mv busybox ip r;  docker network rm mv
  Error response from daemon: operation not supported
  docker: Error response from daemon: failed to set up container networking: network mv not found
  
  Run 'docker run --help' for more information
  docker: Error response from daemon: failed to set up container networking: network mv not found
  
  Run 'docker run --help' for more information
  Error response from daemon: network mv not found
  exit status 1
  [1]
  $ docker network create -d ipvlan --subnet 10.78.0.0/24 -o ipvlan_mode=l3 iv >/dev/null; docker run --rm --network iv busybox ip a | grep -E '^[0-9]|inet 10' | sed -E 's/@if[0-9]+/@IF/;s/^[0-9]+/N/'; docker run --rm --network iv busybox ip r;  docker network rm iv
  Error response from daemon: operation not supported
  docker: Error response from daemon: failed to set up container networking: network iv not found
  
  Run 'docker run --help' for more information
  docker: Error response from daemon: failed to set up container networking: network iv not found
  
  Run 'docker run --help' for more information
  Error response from daemon: network iv not found
  exit status 1
  [1]
  $ docker network create -d ipvlan -o ipvlan_mode=bogus iv
  Error response from daemon: requested ipvlan mode 'bogus' is not valid, 'l2' mode is the ipvlan driver default
  [1]
  $ docker network create -d macvlan -o macvlan_mode=bogus mv
  Error response from daemon: requested macvlan mode 'bogus' is not valid, 'bridge' mode is the macvlan driver default
  [1]
  $ docker network create --ipv4=false --ipv6 v6 >/dev/null; docker network inspect v6 -f '{{.EnableIPv4}} {{.EnableIPv6}} {{len .IPAM.Config}}'; docker network rm v6
  false true 1
  v6
  $ docker network create --ipv4=false v0; docker network rm v0
  Error response from daemon: IPv4 or IPv6 must be enabled
  Error response from daemon: network v0 not found
  exit status 1
  [1]
