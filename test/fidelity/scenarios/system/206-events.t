docker events: filters, formats, and what each action tells.
# needs: busybox
  $ sleep 1; T=$(date +%s); sleep 1; docker run --name e1 -l app=web --rm busybox true; docker volume create ev >/dev/null; docker volume rm ev >/dev/null; docker network create en >/dev/null; docker network rm en >/dev/null; docker tag busybox ei:1; docker rmi ei:1 >/dev/null; sleep 1.1; U=$(date +%s)
  $ docker events --since $T --until $U --filter type=container --format '{{.Action}} {{.Actor.Attributes.name}} {{.Actor.Attributes.app}}'
  create e1 web
  attach e1 web
  start e1 web
  die e1 web
  destroy e1 web
  $ docker events --since $T --until $U --filter container=e1 --filter event=die --format '{{json .Actor.Attributes}}' | sed -E 's/"execDuration":"[0-9]+"/"execDuration":"N"/'; docker events --since $T --until $U --filter type=volume --format '{{.Type}} {{.Action}} {{.Actor.ID}} {{json .Actor.Attributes}}'; docker events --since $T --until $U --filter network=en --format '{{.Type}} {{.Action}} {{json .Actor.Attributes}}'
  {"app":"web","execDuration":"N","exitCode":"0","image":"busybox","name":"e1"}
  volume create ev {"driver":"local"}
  volume destroy ev {"driver":"local"}
  network create {"name":"en","type":"bridge"}
  network destroy {"name":"en","type":"bridge"}
  $ docker events --since $T --until $U --filter type=image --format '{{.Action}} {{.Actor.Attributes.name}}'; docker events --since $T --until $U --filter label=app=web --format '{{.Action}}' | sort | uniq -c | sed 's/^ *//'; docker events --since $T --until $U --filter label=app=db; docker events --since $T --until $U --filter event=create --filter event=start --filter type=container --format '{{.Status}}'
  tag ei:1
  untag sha256:<id>
  1 attach
  1 create
  1 destroy
  1 die
  1 start
  create
  start
  $ docker events --since $T --until $U --filter scope=local --format '{{.Type}}' | sort | uniq -c | sed 's/^ *//'; docker events --since bogus; docker events --filter bogus=x --since $T --until $U | sed 's/execDuration=[0-9]*/execDuration=N/'; docker events --format '{{.Nosuch}}' --since $T --until $U 2>&1 >/dev/null | sed -n '\$p'
  5 container
  2 image
  4 network
  2 volume
  failed to parse value as time or duration: "bogus"
  <time> container create <id> (app=web, image=busybox, name=e1)
  <time> container attach <id> (app=web, image=busybox, name=e1)
  <time> network connect <id> (container=<id>, name=bridge, type=bridge)
  <time> container start <id> (app=web, image=busybox, name=e1)
  <time> network disconnect <id> (container=<id>, name=bridge, type=bridge)
  <time> container die <id> (app=web, execDuration=N, exitCode=0, image=busybox, name=e1)
  <time> container destroy <id> (app=web, image=busybox, name=e1)
  <time> volume create ev (driver=local)
  <time> volume destroy ev (driver=local)
  <time> network create <id> (name=en, type=bridge)
  <time> network destroy <id> (name=en, type=bridge)
  <time> image tag sha256:<id> (name=ei:1)
  <time> image untag sha256:<id> (name=sha256:<id>)
  sed: -e expression #1, char 3: unterminated address regex
  [1]
  $ docker run -d --name e2 busybox sleep 300 >/dev/null; sleep 1.1; T=$(date +%s); docker exec e2 true; docker pause e2 >/dev/null; docker unpause e2 >/dev/null; docker rename e2 e3; docker update --cpu-shares 512 e3 >/dev/null; docker cp e3:/etc/hostname - >/dev/null; docker top e3 >/dev/null; docker kill e3 >/dev/null; docker commit e3 ec:1 >/dev/null; docker export e3 >/dev/null; docker rm e3 >/dev/null; docker rmi ec:1 >/dev/null; sleep 1.1; docker events --since $T --until $(date +%s) --filter type=container --format '{{.Action}} {{.Actor.Attributes.name}}'
  exec_create: true  e2
  exec_start: true  e2
  exec_die e2
  pause e2
  unpause e2
  rename e3
  update e3
  archive-path e3
  top e3
  kill e3
  die e3
  commit e3
  export e3
  destroy e3
