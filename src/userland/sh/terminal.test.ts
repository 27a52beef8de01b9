import { expect, test } from 'vitest';
import { bootTestKernel } from '../../../test/kernel-harness.ts';
import type { Entry } from '../../abi/sys.ts';
import { PROGRAMS } from '../bin/index.gen.ts';
import { ash, bash, dash } from './index.ts';

const LEFT = '\x1b[D';
const UP = '\x1b[A';
const HOME = '\x1b[H';
const PASTE_BEGIN = '\x1b[200~';
const PASTE_END = '\x1b[201~';

async function session(shell: 'bash' | 'sh' | 'dash', typed: readonly string[]): Promise<string> {
  const programs: Record<string, Entry> = { bash, dash, sh: ash };
  for (const name of ['cat', 'ls', 'sleep', 'stty']) {
    const load = PROGRAMS[name];
    if (load) programs[name] = (await (await load()).default).entry;
  }
  // answers as a program built on cobra does
  programs.docker = function* (sys) {
    const words = sys.argv.slice(1);
    if (words[0] !== '__complete') return 1;
    const text = words.at(-2) === '__complete' ? 'ps\tList containers\npull\tDownload\n:4\n' : 'web\n:4\n';
    const bytes = Uint8Array.from(text, (c) => c.charCodeAt(0));
    while (sys.write(1, bytes) < -4000) yield;
    return 0;
  };
  const k = await bootTestKernel({
    programs,
    files: {
      '/etc/passwd': 'root:x:0:0:root:/root:/bin/bash\n',
      '/root/.bashrc': "PS1='$ '\n",
      '/root/.inputrc': '$if mode=emacs\n"\\C-xl": "\\eb\\el"\n$endif\n$if mode=vi\nset bell-style none\n$endif\n',
      '/root/alpha.txt': 'content\n',
      '/root/two words': '2\n',
      '/root/folder/inner': '3\n',
    },
  });
  const terminal = k.terminal({ rows: 24, cols: 40 });
  const end = k.runOn(terminal, `/bin/${shell}`, [shell], { cwd: '/root', env: shell === 'bash' ? {} : { PS1: '$ ' } });
  await k.settle();
  for (const text of typed) {
    terminal.type(text);
    await k.settle();
  }
  terminal.type('\x03');
  await k.settle();
  terminal.type('\x15exit\r');
  await end;
  expect(k.panics).toEqual([]);
  return terminal.screen().replaceAll('\x1b[?2004h', '').replaceAll('\x1b[?2004l\r', '');
}

test.each<[string, 'bash' | 'sh', string[], string]>([
  ['a line is run', 'bash', ['echo one\r'], '\r\none\r\n'],
  ['C-a, C-e and insertion', 'bash', ['cho two', '\x01', 'e', '\x05', ' three\r'], '\r\ntwo three\r\n'],
  ['arrows and backspace', 'bash', ['echo abxd', LEFT, '\x7f', 'c\r'], '\r\nabcd\r\n'],
  ['C-k and C-y', 'bash', ['echo kept cut', '\x1bb', '\x0b', 'x ', '\x19\r'], '\r\nkept x cut\r\n'],
  ['C-w takes a word, C-_ gives it back', 'bash', ['echo a b', '\x17', '\x1f\r'], '\r\na b\r\n'],
  ['C-u', 'bash', ['garbage', '\x15', 'echo clean\r'], '\r\nclean\r\n'],
  ['history', 'bash', ['echo first\r', 'echo second\r', UP, UP, '\r'], 'second\r\n$ echo second'],
  ['!! repeats', 'bash', ['echo again\r', '!!\r'], '\r\necho again\r\nagain\r\n'],
  ['C-r finds', 'bash', ['echo needle\r', 'echo hay\r', '\x12need', '\r'], 'echo needle'],
  ['completion of a file', 'bash', ['cat al\t\r'], '\r\ncontent\r\n'],
  ['completion quotes blanks', 'bash', ['cat tw\t\r'], '\r\n2\r\n'],
  ['completion of a directory goes on', 'bash', ['cat fo\ti\t\r'], '\r\n3\r\n'],
  ['completion of a command', 'bash', ['ech\tdone\r'], '\r\ndone\r\n'],
  ['completion of a variable', 'bash', ['longname=v\r', 'echo $longn\t\r'], '\r\nv\r\n'],
  ['docker completes itself', 'bash', ['docker p\t\t'], 'ps    (List containers)\r\npull  (Download)'],
  ['docker completes one word', 'bash', ['echo docker; docker ps w\t'], 'docker ps web '],
  ['a paste is not run', 'bash', [`${PASTE_BEGIN}echo p\recho q${PASTE_END}`, '\x15', 'echo only\r'], '\r\nonly\r\n'],
  ['a command over lines', 'bash', ['for i in 1 2\r', 'do echo "<$i>"\r', 'done\r'], '\r\n<1>\r\n<2>\r\n'],
  ['wide characters', 'bash', ['echo 日本', LEFT, 'x\r'], '\r\n日x本\r\n'],
  ['vi mode', 'bash', ['set -o vi\r', 'echo abc', '\x1b', 'x', '0', 'w', 'ix', '\x1b', '\r'], '\r\nxab\r\n'],
  ['C-c gives a new prompt and 130', 'bash', ['abandoned\x03', 'echo $?\r'], '\r\n130\r\n'],
  ['stopping and going on', 'bash', ['cat\r', '\x1a', 'jobs\r', 'fg\r', '\x04'], '[1]+  Stopped                 cat'],
  [
    'bind: a key for a function',
    'bash',
    ['bind \'"\\C-g": beginning-of-line\'\r', 'cho bound', '\x07', 'e\r'],
    '\r\nbound\r\n',
  ],
  ['bind: a macro', 'bash', ['bind \'"\\C-xm": "echo macro\\C-m"\'\r', '\x18m'], '\r\nmacro\r\n'],
  [
    'bind -x sees and changes the line',
    'bash',
    ['bind -x \'"\\C-t": READLINE_LINE="echo [$READLINE_LINE]"; READLINE_POINT=0\'\r', 'mine', '\x14\r'],
    '\r\n[mine]\r\n',
  ],
  ['inputrc', 'bash', ['ECHO', '\x18l\x05 low\r'], '\r\nlow\r\n'],
  ['completion-ignore-case', 'bash', ["bind 'set completion-ignore-case on'\r", 'cat ALP\t\r'], '\r\ncontent\r\n'],
  ['HOME key', 'bash', ['cho h', HOME, 'e\r'], '\r\nh\r\n'],
  ['ash edits lines too', 'sh', ['cho ash', '\x01', 'e\r'], '\r\nash\r\n'],
  ['ash completes files', 'sh', ['cat al\t\r'], '\r\ncontent\r\n'],
])('%s', async (_, shell, typed, expected) => {
  expect(await session(shell, typed)).toContain(expected);
});

test('dash has no line editor: the terminal echoes', async () => {
  expect(await session('dash', ['echo x\r'])).toContain('$ echo x\r\nx\r\n$ ');
});
