Networks with IPv6.
# needs: busybox
  $ docker network create --ipv6 --subnet 2001:db8:7::/64 n7 >/dev/null; docker network create --ipv6 --subnet 10.90.0.0/24 --subnet 2001:db8:8::/64 --gateway 2001:db8:8::99 n8 >/dev/null; docker network inspect -f '{{range .IPAM.Config}}{{.Subnet}} {{.Gateway}};{{end}} {{.EnableIPv6}} {{.EnableIPv4}}' n8; docker network inspect -f '{{range .IPAM.Config}}{{.Subnet}} {{.Gateway}};{{end}}' n7 | sed -E 's/172\.[0-9]+/172.N/g'
  10.90.0.0/24 ;2001:db8:8::/64 2001:db8:8::99; true true
  2001:db8:7::/64 ;172.N.0.0/16 172.N.0.1;
  $ docker run -d --name c1 --network n8 busybox sleep 300 >/dev/null; docker run -d --name c2 --network n8 --ip6 2001:db8:8::50 busybox sh -c 'while :; do echo hi6 | nc -l -p 80; done' >/dev/null; docker inspect -f '{{range .NetworkSettings.Networks}}{{.IPAddress}} {{.IPv6Gateway}} {{.GlobalIPv6Address}} {{.GlobalIPv6PrefixLen}} {{json .IPAMConfig}}{{end}}' c1 c2; docker exec c1 ip -6 addr show eth0 | grep 2001 | cut -d' ' -f5,6; docker exec c1 ip -6 route | grep -c 'default via 2001:db8:8::99'
  10.90.0.2 2001:db8:8::99 2001:db8:8::1 64 null
  10.90.0.3 2001:db8:8::99 2001:db8:8::50 64 {"IPv6Address":"2001:db8:8::50"}
  inet6 2001:db8:8::1/64
  1
  $ docker exec c1 ping -6 -c1 -w2 c2 | head -2 | sed 's/time=.*/time=N/'; docker exec c1 sh -c 'echo | nc 2001:db8:8::50 80'; docker exec c2 grep 2001 /etc/hosts | cut -f1; docker network inspect -f '{{range .Containers}}{{.Name}} {{.IPv6Address}};{{end}}' n8 | tr ';' '\n' | sort; docker run --rm --network n8 --ip6 2001:db8:8::50 busybox true; docker run --rm --network n8 --ip6 2001:db8:9::1 busybox true; docker run --rm --network n7 busybox ip -6 addr show eth0 | grep -c 2001:db8:7::2/64
  PING c2 (2001:db8:8::50): 56 data bytes
  64 bytes from 2001:db8:8::50: seq=0 ttl=64 time=N
  hi6
  2001:db8:8::50
  
  c1 2001:db8:8::1/64
  c2 2001:db8:8::50/64
  docker: Error response from daemon: failed to set up container networking: Address already in use
  
  Run 'docker run --help' for more information
  docker: Error response from daemon: invalid config for network n8: invalid endpoint settings:
  no configured subnet or ip-range contain the IP address 2001:db8:9::1
  
  Run 'docker run --help' for more information
  1
  $ docker network create --ipv6 --subnet 2001:db8:7::/64 x1; docker network create --ipv6 --subnet 2001:db8:a::1/64 x1; docker network create --ipv6 --subnet 2001:zz::/64 x1; docker network create --subnet 2001:db8:b::/64 x1 >/dev/null; docker network inspect -f '{{.EnableIPv6}}' x1; docker network create --ipv6 --subnet 2001:db8:c::/64 --gateway 2001:db8:d::1 x2; docker network create --ipv4=false --ipv6 x3 >/dev/null; docker network inspect -f '{{.EnableIPv4}} {{len .IPAM.Config}}' x3; docker run --rm --network x3 busybox ip addr show eth0 | grep -c 'inet '
  Error response from daemon: invalid pool request: Pool overlaps with other one on this address space
  Error response from daemon: invalid network config:
  invalid subnet 2001:db8:a::1/64: it should be 2001:db8:a::/64
  Error response from daemon: invalid network config:
  invalid subnet 2001:zz::/64: invalid CIDR block notation
  false
  no matching subnet for gateway 2001:db8:d::1
  false 1
  0
  [1]
  $ docker rm -f c1 c2; docker network rm n7 n8 x1; docker network rm x2 x3
  c1
  c2
  n7
  n8
  x1
  Error response from daemon: network x2 not found
  x3
  exit status 1
  [1]
