/** What follows a message of wrong usage. */
export const HINT = `
Type dpkg --help for help about installing and deinstalling packages [*];
Use 'apt' or 'aptitude' for user-friendly package management;
Type dpkg -Dhelp for a list of dpkg debug flag values;
Type dpkg --force-help for a list of forcing options;
Type dpkg-deb --help for help about manipulating *.deb files;

Options marked [*] produce a lot of output - pipe it through 'less' or 'more' !
`;

/** `--help` of each of the programs. */
export const HELP: Readonly<Record<string, string>> = {
  dpkg: `Usage: dpkg [<option>...] <command>

Commands:
  -i|--install       <.deb file name>... | -R|--recursive <directory>...
  --unpack           <.deb file name>... | -R|--recursive <directory>...
  --configure        <package>... | -a|--pending
  -r|--remove        <package>...
  -P|--purge         <package>...
  -V|--verify [<package>...]
  --get-selections [<pattern>...]
  --set-selections
  --clear-selections
  -s|--status [<package>...]
  -L|--listfiles <package>...
  -l|--list [<pattern>...]
  -S|--search <pattern>...
  -C|--audit
  --add-architecture <arch>
  --remove-architecture <arch>
  --print-architecture
  --print-foreign-architectures
  --compare-versions <a> <op> <b>
  -?, --help
  --version
`,
  'dpkg-query': `Usage: dpkg-query [<option>...] <command>

Commands:
  -s, --status [<package>...]
  -L, --listfiles <package>...
  -l, --list [<pattern>...]
  -W, --show [<pattern>...]
  -S, --search <pattern>...
  --control-list <package>
  --control-path <package> [<file>]

Options:
  -f|--showformat=<format>
`,
  'dpkg-deb': `Usage: dpkg-deb [<option>...] <command>

Commands:
  -b|--build <directory> [<deb>]
  -c|--contents <deb>
  -I|--info <deb> [<cfile>...]
  -f|--field <deb> [<cfield>...]
  -e|--control <deb> [<directory>]
  -x|--extract <deb> <directory>
`,
};
