import type { Content } from './content.ts';

const NGINX_CONF = `user www-data;
worker_processes auto;
pid /run/nginx.pid;
error_log /var/log/nginx/error.log;
include /etc/nginx/modules-enabled/*.conf;

events {
	worker_connections 768;
}

http {
	sendfile on;
	tcp_nopush on;
	types_hash_max_size 2048;
	include /etc/nginx/mime.types;
	default_type application/octet-stream;
	access_log /var/log/nginx/access.log;
	gzip on;
	include /etc/nginx/conf.d/*.conf;
	include /etc/nginx/sites-enabled/*;
}
`;

const NGINX_SITE = `server {
	listen 80 default_server;
	listen [::]:80 default_server;

	root /var/www/html;
	index index.html index.htm index.nginx-debian.html;
	server_name _;

	location / {
		try_files $uri $uri/ =404;
	}
}
`;

const NGINX_PAGE = `<!DOCTYPE html>
<html>
<head>
<title>Welcome to nginx!</title>
</head>
<body>
<h1>Welcome to nginx!</h1>
<p>This page shows that the nginx web server of this system works. It is /var/www/html/index.nginx-debian.html.</p>
</body>
</html>
`;

export const MIME_TYPES = `types {
    text/html                             html htm shtml;
    text/css                              css;
    text/xml                              xml;
    image/gif                             gif;
    image/jpeg                            jpeg jpg;
    application/javascript                js;
    text/plain                            txt;
    image/png                             png;
    image/svg+xml                         svg svgz;
    image/webp                            webp;
    image/x-icon                          ico;
    application/json                      json;
    application/pdf                       pdf;
    application/zip                       zip;
    application/wasm                      wasm;
    font/woff                             woff;
    font/woff2                            woff2;
    audio/mpeg                            mp3;
    video/mp4                             mp4;
}
`;

const APACHE_PAGE = `<!DOCTYPE html>
<html>
<head><title>Apache2 Default Page: It works</title></head>
<body>
<h1>It works!</h1>
<p>This page shows that the Apache2 server of this system works. It is /var/www/html/index.html.</p>
</body>
</html>
`;

const unit = (description: string, lines: readonly string[], after = 'network.target'): string =>
  `[Unit]\nDescription=${description}\nAfter=${after}\n\n[Service]\n${lines.join('\n')}\n\n[Install]\nWantedBy=multi-user.target\n`;

const UNITS = '/usr/lib/systemd/system/';

const systemUser = (name: string, home: string): string =>
  `getent passwd ${name} >/dev/null || useradd --system --no-create-home --home-dir ${home} --shell /usr/sbin/nologin ${name}`;

const DOCKER_UNIT = `[Unit]
Description=Docker Application Container Engine
Documentation=https://docs.docker.com
After=network-online.target docker.socket firewalld.service containerd.service
Wants=network-online.target containerd.service
Requires=docker.socket

[Service]
Type=notify
ExecStart=/usr/bin/dockerd -H fd:// --containerd=/run/containerd/containerd.sock
ExecReload=/bin/kill -s HUP $MAINPID
TimeoutStartSec=0
RestartSec=2
Restart=always
StartLimitBurst=3
StartLimitInterval=60s
LimitNPROC=infinity
LimitCORE=infinity
TasksMax=infinity
Delegate=yes
KillMode=process
OOMScoreAdjust=-500

[Install]
WantedBy=multi-user.target
`;

const DOCKER_SOCKET = `[Unit]
Description=Docker Socket for the API

[Socket]
ListenStream=/run/docker.sock
SocketMode=0660
SocketUser=root
SocketGroup=docker

[Install]
WantedBy=sockets.target
`;

const CONTAINERD_UNIT = `[Unit]
Description=containerd container runtime
Documentation=https://containerd.io
After=network.target dbus.service

[Service]
ExecStartPre=-/sbin/modprobe overlay
ExecStart=/usr/bin/containerd
Type=notify
Delegate=yes
KillMode=process
Restart=always
RestartSec=5
LimitNPROC=infinity
LimitCORE=infinity
TasksMax=infinity
OOMScoreAdjust=-999

[Install]
WantedBy=multi-user.target
`;

const dockerGroup = 'getent group docker >/dev/null || groupadd --system docker';

/** Packages that bring a server: its configuration, its unit, its user. */
export const SERVERS: Readonly<Record<string, Content>> = {
  'nginx-common': {
    files: {
      '/etc/nginx/nginx.conf': NGINX_CONF,
      '/etc/nginx/mime.types': MIME_TYPES,
      '/etc/nginx/sites-available/default': NGINX_SITE,
      '/etc/nginx/conf.d/.keep': '',
      '/etc/nginx/modules-enabled/.keep': '',
      '/var/www/html/index.nginx-debian.html': NGINX_PAGE,
      '/var/log/nginx/.keep': '',
      '/var/cache/nginx/.keep': '',
      [`${UNITS}nginx.service`]: unit('A high performance web server and a reverse proxy server', [
        'Type=forking',
        'PIDFile=/run/nginx.pid',
        "ExecStartPre=/usr/sbin/nginx -t -q -g 'daemon on; master_process on;'",
        "ExecStart=/usr/sbin/nginx -g 'daemon on; master_process on;'",
        "ExecReload=/usr/sbin/nginx -g 'daemon on; master_process on;' -s reload",
        'TimeoutStopSec=5',
        'KillMode=mixed',
      ]),
    },
    links: { '/etc/nginx/sites-enabled/default': '/etc/nginx/sites-available/default' },
  },
  nginx: { service: 'nginx' },
  apache2: {
    files: {
      '/etc/apache2/ports.conf': 'Listen 80\n\n<IfModule ssl_module>\n\tListen 443\n</IfModule>\n',
      '/etc/apache2/apache2.conf':
        'ServerRoot "/etc/apache2"\nMutex file:/var/lock/apache2 default\nPidFile /run/apache2/apache2.pid\nTimeout 300\nKeepAlive On\nUser www-data\nGroup www-data\nErrorLog /var/log/apache2/error.log\nLogLevel warn\nInclude ports.conf\nIncludeOptional conf-enabled/*.conf\nIncludeOptional sites-enabled/*.conf\n',
      '/etc/apache2/sites-available/000-default.conf':
        '<VirtualHost *:80>\n\tServerAdmin webmaster@localhost\n\tDocumentRoot /var/www/html\n\tErrorLog /var/log/apache2/error.log\n\tCustomLog /var/log/apache2/access.log combined\n</VirtualHost>\n',
      '/var/www/html/index.html': APACHE_PAGE,
      '/var/log/apache2/.keep': '',
    },
    links: { '/etc/apache2/sites-enabled/000-default.conf': '../sites-available/000-default.conf' },
    service: 'apache2',
  },
  'redis-server': {
    files: {
      '/etc/redis/redis.conf':
        'bind 127.0.0.1 -::1\nprotected-mode yes\nport 6379\ntimeout 0\ndaemonize no\nsupervised systemd\npidfile /run/redis/redis-server.pid\nloglevel notice\nlogfile /var/log/redis/redis-server.log\ndatabases 16\nsave 3600 1 300 100 60 10000\ndbfilename dump.rdb\ndir /var/lib/redis\nappendonly no\n',
      [`${UNITS}redis-server.service`]: unit('Advanced key-value store', [
        'Type=simple',
        'ExecStart=/usr/bin/redis-server /etc/redis/redis.conf',
        'Restart=always',
        'User=redis',
        'Group=redis',
      ]),
    },
    configure: `${systemUser('redis', '/var/lib/redis')}\nmkdir -p /var/lib/redis /var/log/redis\nchown redis:redis /var/lib/redis /var/log/redis`,
    service: 'redis-server',
  },
  'openssh-server': {
    files: {
      '/etc/ssh/sshd_config':
        'Include /etc/ssh/sshd_config.d/*.conf\nKbdInteractiveAuthentication no\nUsePAM yes\nX11Forwarding yes\nPrintMotd no\nAcceptEnv LANG LC_*\nSubsystem\tsftp\t/usr/lib/openssh/sftp-server\n',
    },
    configure: systemUser('sshd', '/run/sshd'),
    service: 'ssh',
  },
  cron: { service: 'cron' },
  rsyslog: { service: 'rsyslog' },
  memcached: {
    files: {
      '/etc/memcached.conf': '-d\nlogfile /var/log/memcached.log\n-m 64\n-p 11211\n-u memcache\n-l 127.0.0.1\n',
    },
    configure: systemUser('memcache', '/nonexistent'),
    service: 'memcached',
  },
  haproxy: {
    files: {
      '/etc/haproxy/haproxy.cfg':
        'global\n\tlog /dev/log\tlocal0\n\tuser haproxy\n\tgroup haproxy\n\tdaemon\n\ndefaults\n\tlog\tglobal\n\tmode\thttp\n\ttimeout connect 5000\n\ttimeout client  50000\n\ttimeout server  50000\n',
    },
    configure: systemUser('haproxy', '/var/lib/haproxy'),
    service: 'haproxy',
  },
  'mysql-common': {
    files: { '/etc/mysql/my.cnf': '!includedir /etc/mysql/conf.d/\n!includedir /etc/mysql/mysql.conf.d/\n' },
  },
  'mysql-server-8.0': { configure: systemUser('mysql', '/nonexistent'), service: 'mysql' },
  'mariadb-server': { configure: systemUser('mysql', '/nonexistent'), service: 'mariadb' },
  'postgresql-common': { configure: systemUser('postgres', '/var/lib/postgresql'), service: 'postgresql' },
  supervisor: {
    files: {
      '/etc/supervisor/supervisord.conf':
        '[unix_http_server]\nfile=/var/run/supervisor.sock\nchmod=0700\n\n[supervisord]\nlogfile=/var/log/supervisor/supervisord.log\npidfile=/var/run/supervisord.pid\nchildlogdir=/var/log/supervisor\n\n[include]\nfiles = /etc/supervisor/conf.d/*.conf\n',
    },
    service: 'supervisor',
  },
  'docker-ce': {
    files: { [`${UNITS}docker.service`]: DOCKER_UNIT, [`${UNITS}docker.socket`]: DOCKER_SOCKET },
    configure: dockerGroup,
    service: 'docker',
  },
  'docker.io': {
    files: { [`${UNITS}docker.service`]: DOCKER_UNIT, [`${UNITS}docker.socket`]: DOCKER_SOCKET },
    configure: dockerGroup,
    service: 'docker',
  },
  'containerd.io': { files: { [`${UNITS}containerd.service`]: CONTAINERD_UNIT }, service: 'containerd' },
  containerd: { files: { [`${UNITS}containerd.service`]: CONTAINERD_UNIT }, service: 'containerd' },
};
