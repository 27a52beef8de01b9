/** What a new machine's first terminal shows above its prompt, in the page's languages: it is there before all other texts. */
const GREETING = {
  en: {
    welcome: 'Drydock. A Linux host with Docker, all of it in this tab.',
    motto: 'No account, no server, no time limit. Close the tab and come back: it will still be here.',
  },
  zh: {
    welcome: 'Drydock。一台装着 Docker 的 Linux 主机，全在这个标签页里。',
    motto: '不要账号，没有服务器，不限时间。关掉再来，东西都还在。',
  },
} as const;

/** The greeting as a terminal takes it. */
export function greeting(lang: 'en' | 'zh'): string {
  const { welcome, motto } = GREETING[lang];
  return `${welcome}\r\n\x1b[90m${motto}\x1b[0m\r\n\r\n`;
}
