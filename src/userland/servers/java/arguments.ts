/** What the command line of `java` asks for. */
export type JavaWish =
  | { kind: 'version'; stream: 1 | 2 }
  | { kind: 'run'; jar: string; main: string; args: string[]; properties: ReadonlyMap<string, string> }
  | { kind: 'help' }
  | { kind: 'problem'; message: string };

/** Options whose value is the next word. */
const WITH_VALUE = new Set([
  '-cp',
  '-classpath',
  '--class-path',
  '-p',
  '--module-path',
  '--add-modules',
  '--add-opens',
  '--add-exports',
  '--add-reads',
  '--upgrade-module-path',
]);

/** Options that change nothing that is simulated: memory, garbage collectors, assertions, agents. */
const SILENT =
  /^(-X|-ea\b|-da\b|-enableassertions|-disableassertions|-esa$|-dsa$|-server$|-client$|-javaagent:|-agentlib:|-agentpath:|-verbose|--(add-(modules|opens|exports|reads)|class-path|module-path|enable-native-access)=|--enable-preview$)/;

const fatal = (line: string): JavaWish => ({
  kind: 'problem',
  message: `${line}\nError: Could not create the Java Virtual Machine.\nError: A fatal exception has occurred. Program will exit.\n`,
});

/** Reads the words after `java`. @param modern JDK 9 or later, which knows options with two dashes. @see java(1) */
export function readJavaArguments(words: readonly string[], modern: boolean): JavaWish {
  const properties = new Map<string, string>();
  let jar = false;
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    if (!word.startsWith('-') || jar) {
      return {
        kind: 'run',
        jar: jar ? word : '',
        main: jar ? '' : word,
        args: words.slice(i + 1),
        properties,
      };
    }
    if (word === '-version' || word === '-showversion') return { kind: 'version', stream: 2 };
    if (modern && word === '--version') return { kind: 'version', stream: 1 };
    if (word === '-help' || word === '-?' || word === '-h' || (modern && word === '--help')) return { kind: 'help' };
    const property = /^-D([^=]*)=?(.*)$/s.exec(word);
    if (word === '-jar') {
      jar = true;
      if (i + 1 === words.length) return { kind: 'problem', message: 'Error: -jar requires jar file specification\n' };
    } else if (WITH_VALUE.has(word)) i++;
    else if (property) properties.set(property[1]!, property[2]!);
    else if (!SILENT.test(word)) return fatal(`Unrecognized option: ${word}`);
  }
  return { kind: 'help' };
}
