/** Where there are repositories of git, and their files. */
export const GIT_HOSTS: readonly string[] = [
  'github.com',
  'www.github.com',
  'codeload.github.com',
  'raw.githubusercontent.com',
];
/** Sites that say who asked. */
export const ADDRESS_HOSTS: readonly string[] = [
  'ifconfig.me',
  'ifconfig.co',
  'icanhazip.com',
  'ipinfo.io',
  'api.ipify.org',
  'checkip.amazonaws.com',
  'myip.ipip.net',
  'ip.cn',
];
/** Sites of which a learner needs only that they are there: they have a page. By their address. */
export const PLACES: Readonly<Record<string, readonly string[]>> = {
  '93.184.215.14': ['example.com', 'www.example.com', 'example.org', 'example.net'],
  '142.250.72.14': ['google.com', 'www.google.com'],
  '110.242.68.66': ['baidu.com', 'www.baidu.com'],
  '104.18.124.25': ['www.docker.com', 'docs.docker.com', 'get.docker.com', 'test.docker.com'],
  '150.171.28.10': ['bing.com', 'www.bing.com', 'www.qq.com', 'www.taobao.com', 'www.163.com', 'www.sina.com.cn'],
};
