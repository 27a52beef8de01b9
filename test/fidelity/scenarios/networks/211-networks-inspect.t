Networks: what inspect shows, addresses, aliases, links, names.
# needs: busybox
  $ docker network create --subnet 10.88.0.0/24 --gateway 10.88.0.254 --ip-range 10.88.0.128/25 --aux-address me=10.88.0.129 --label l=1 -o com.docker.network.bridge.name=br88 n88 >/dev/null; docker network inspect n88 --format '{{json .IPAM}} {{json .Options}} {{json .Labels}} {{.Driver}} {{.Scope}} {{.Internal}} {{.Attachable}}'
  {"Driver":"default","Options":{},"Config":[{"Subnet":"10.88.0.0/24","IPRange":"10.88.0.128/25","Gateway":"10.88.0.254","AuxiliaryAddresses":{"me":"10.88.0.129"}}]} {"com.docker.network.bridge.name":"br88"} {"l":"1"} bridge local false false
  $ docker run -d --name s1 --network n88 --network-alias web --network-alias db busybox sleep 300 >/dev/null; docker run -d --name s2 --network n88 --ip 10.88.0.200 --hostname hh busybox sleep 300 >/dev/null; docker inspect -f '{{range $k, $v := .NetworkSettings.Networks}}{{$k}} {{$v.IPAddress}} {{$v.Gateway}} {{$v.Aliases}} {{len $v.DNSNames}}{{end}}' s1 s2; docker network inspect -f '{{range .Containers}}{{.Name}} {{.IPv4Address}};{{end}}' n88 | tr ';' '\n' | sort
  n88 10.88.0.128 10.88.0.254 [web db] 4
  n88 10.88.0.200 10.88.0.254 [] 3
  
  s1 10.88.0.128/24
  s2 10.88.0.200/24
  $ docker exec s1 ping -c1 -w2 s2 | head -1; docker exec s2 ping -c1 -w2 web | head -1; docker exec s2 nslookup db 2>/dev/null | grep -c 10.88.0; docker exec s1 ping -c1 -w1 hh | head -1; docker exec s2 cat /etc/hosts | tail -1; docker exec s1 ping -c1 -w1 nosuch; docker exec s1 cat /etc/resolv.conf | grep -v '^#' | grep nameserver
  PING s2 (10.88.0.200): 56 data bytes
  PING web (10.88.0.128): 56 data bytes
  1
  PING hh (10.88.0.200): 56 data bytes
  10.88.0.200	hh
  ping: bad address 'nosuch'
  nameserver 127.0.0.11
  $ docker run --rm --network n88 --ip 10.88.0.200 busybox true; docker run --rm --network n88 --ip 10.99.0.1 busybox true; docker run --rm --network-alias x busybox true; docker run --rm --network n88 --mac-address 02:42:0a:58:00:99 busybox cat /sys/class/net/eth0/address; docker run --rm --network nosuch busybox true; docker run --rm --network n88 --link s1:alias busybox ping -c1 -w2 alias | head -1
  docker: Error response from daemon: failed to set up container networking: Address already in use
  
  Run 'docker run --help' for more information
  docker: Error response from daemon: invalid config for network n88: invalid endpoint settings:
  no configured subnet or ip-range contain the IP address 10.99.0.1
  
  Run 'docker run --help' for more information
  docker: network-scoped aliases are only supported for user-defined networks
  
  Run 'docker run --help' for more information
  <mac>
  docker: Error response from daemon: failed to set up container networking: network nosuch not found
  
  Run 'docker run --help' for more information
  PING alias (10.88.0.128): 56 data bytes
  $ docker network create n89 >/dev/null; docker network connect --alias other --ip 10.1.1.1 n89 s1; docker network connect --alias other n89 s1; docker network connect n89 s1; docker inspect -f '{{len .NetworkSettings.Networks}}' s1; docker exec s1 ip -o link | wc -l; docker network disconnect n88 s1; docker exec s1 ip -o link | wc -l; docker network disconnect n88 s1; docker network disconnect -f n88 nosuch; docker network rm n89; docker network connect nosuch s1; docker network connect n89 nosuch
  Error response from daemon: invalid endpoint settings:
  user specified IP address is supported only when connecting to networks with user configured subnets
  Error response from daemon: endpoint with name s1 already exists in network n89
  2
  3
  2
  Error response from daemon: container <id> is not connected to network n88
  Error response from daemon: endpoint nosuch not found
  Error response from daemon: error while removing network: network n89 has active endpoints (name:"s1" id:"<id12>")
  exit status 1
  Error response from daemon: network nosuch not found
  Error response from daemon: No such container: nosuch
  [1]
  $ docker network ls --filter name=n8 --format '{{.Name}} {{.Driver}} {{.Scope}}' | sort; docker network ls --filter driver=bridge -q | wc -l | awk '{print $1 > 2}' ; docker network ls --filter label=l=1 --format '{{.Name}} {{.Labels}}'; docker network ls --filter type=builtin --format '{{.Name}}' | sort; docker network ls --filter bogus=1; docker network ls --format '{{.Nosuch}}'; docker network inspect nosuch; docker network inspect -f '{{.Name}}' n88 nosuch; docker network rm nosuch n88; docker network create n88; docker network create 'bad name'; docker network create --subnet 10.88.0.5/24 x; docker network create --subnet bogus x
  n88 bridge local
  n89 bridge local
  n88 l=1
  bridge
  host
  none
  Error response from daemon: invalid filter 'bogus'
  template parsing error: template: :1:2: executing "" at <.Nosuch>: can't evaluate field Nosuch in type *network.networkContext
  []
  Error response from daemon: network nosuch not found
  n88
  Error response from daemon: network nosuch not found
  Error response from daemon: network nosuch not found
  Error response from daemon: error while removing network: network n88 has active endpoints (name:"s2" id:"<id12>")
  exit status 1
  Error response from daemon: network with name n88 already exists
  <id>
  Error response from daemon: invalid network config:
  invalid subnet 10.88.0.5/24: it should be 10.88.0.0/24
  Error response from daemon: invalid network config:
  invalid subnet bogus: invalid CIDR block notation
  [1]
  $ docker rm -f s1 s2; docker network rm n88 n89
  s1
  s2
  n88
  n89
