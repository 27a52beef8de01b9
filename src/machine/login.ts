/** The environment of a login of root on the host. */
export function loginEnvironment(term: string | undefined): string[] {
  return [
    'HOME=/root',
    'USER=root',
    'LOGNAME=root',
    'SHELL=/bin/bash',
    'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    'LANG=C.UTF-8',
    ...(term === undefined ? [] : [`TERM=${term}`]),
  ];
}
