The functions of format templates.
# needs: busybox
  $ docker create --name f1 -l a=1 -l b=2 -e X=y -p 8081:80 busybox sh -c 'echo hi' >/dev/null; F() { docker inspect -f "$1" f1; }
  $ F '{{json .Config.Cmd}}'; F '{{join .Config.Cmd "|"}}'; F '{{upper .Name}} {{lower "ABC"}} {{title "some words"}}'; F '{{split "a,b,c" ","}}'; F '{{index .Config.Labels "a"}} {{len .Config.Labels}}'; F '{{range $k, $v := .Config.Labels}}{{$k}}={{$v}};{{end}}'; F '{{pad "x" 2 3}}|'; F '{{truncate .Name 2}}'; F '{{println "a" 1}}'; F '{{printf "%q %5d %-5s|" .Name 42 "ab"}}'
  ["sh","-c","echo hi"]
  sh|-c|echo hi
  /F1 abc Some Words
  [a b c]
  1 2
  a=1;b=2;
    x  |
  /f
  a 1
  
  "/f1"  42 ab  |
  $ F '{{with .HostConfig}}{{.NetworkMode}}{{end}}'; F '{{if and .Config.Tty true}}tty{{else}}none{{end}}'; F '{{eq .Config.Tty false}} {{ne 1 2}} {{lt 1 2}} {{or "" "x"}} {{not true}}'; F '{{slice .Id 0 0}}'; F '{{html "<a>"}} {{js "a\"b"}} {{urlquery "a b&c"}}'; F '{{.Nosuch}}'; F '{{.Config.Nosuch}}'; F '{{index .Config.Cmd 5}}'; F '{{bogus}}'; F '{{.Name'; F '{{end}}'; F '{{range}}'
  bridge
  none
  true true true x false
  
  &lt;a&gt; a\"b a+b%26c
  
  template parsing error: template: :1:2: executing "" at <.Nosuch>: map has no entry for key "Nosuch"
  
  template parsing error: template: :1:9: executing "" at <.Config.Nosuch>: map has no entry for key "Nosuch"
  
  template parsing error: template: :1:2: executing "" at <index .Config.Cmd 5>: error calling index: index out of range: 5
  template parsing error: template: :1: function "bogus" not defined
  template parsing error: template: :1: unclosed action
  template parsing error: template: :1: unexpected {{end}}
  template parsing error: template: :1: missing value for range
  [64]
  $ F '{{range $p, $b := .HostConfig.PortBindings}}{{$p}} -> {{(index $b 0).HostPort}}{{end}}'; F '{{/* nothing */}}x'; F '{{- "trim" -}}   y'; F '{{define "t"}}T{{.Name}}{{end}}{{template "t" .}}'; F '{{$x := 5}}{{$x}}'; F 'table {{.Name}}'; F json | cut -c1-2; F '{{json .}}' | cut -c1-2; docker inspect --type bogus f1; docker inspect --type volume f1; docker inspect -f '{{.Name}}' f1 nosuch; docker inspect
  80/tcp -> 8081
  x
  trimy
  T/f1
  5
  table /f1
  [{
  {"
  unknown type: "bogus": must be one of "config", "container", "image", "network", "node", "plugin", "secret", "service", "task", "volume"
  []
  Error response from daemon: get f1: no such volume
  /f1
  Error: No such object: nosuch
  docker: 'docker inspect' requires at least 1 argument
  
  Usage:  docker inspect [OPTIONS] NAME|ID [NAME|ID...]
  
  See 'docker inspect --help' for more information
  [1]
  $ docker ps -a --format 'table {{.Names}}\t{{.Image}}\t{{.Label "a"}}'; docker ps -a --format '{{json .Names}} {{.Labels}}'; docker ps -a --format '{{.Nosuch}}'; docker ps -a --format '{{upper .Names}}: {{slice .ID 0 0}}|{{.Ports}}|{{.State}}|{{.Mounts}}|{{.LocalVolumes}}|{{.Networks}}'; docker ps -a --no-trunc --format '{{.Command}}'; docker ps -aq --no-trunc | wc -c; docker rm f1
  NAMES  IMAGE  a
  f1  busybox  1
  "f1" a=1,b=2
  failed to execute template: template: :1:2: executing "" at <.Nosuch>: can't evaluate field Nosuch in type *formatter.ContainerContext
  F1: ||created||0|bridge
  "sh -c 'echo hi'"
  65
  f1
