/** What `help` says: the commands of the client. */
export const HELP_COMMANDS = (mariadb: boolean): string => {
  const server = mariadb ? 'MariaDB' : 'mysql';
  const rows = [
    ['?', '\\?', "Synonym for `help'."],
    ['clear', '\\c', 'Clear the current input statement.'],
    ['connect', '\\r', 'Reconnect to the server. Optional arguments are db and host.'],
    ['delimiter', '\\d', 'Set statement delimiter.'],
    ['ego', '\\G', `Send command to ${server} server, display result vertically.`],
    ['exit', '\\q', 'Exit mysql. Same as quit.'],
    ['go', '\\g', `Send command to ${server} server.`],
    ['help', '\\h', 'Display this help.'],
    ['nopager', '\\n', 'Disable pager, print to stdout.'],
    ['notee', '\\t', "Don't write into outfile."],
    ['nowarning', '\\w', "Don't show warnings after every statement."],
    ['print', '\\p', 'Print current command.'],
    ['prompt', '\\R', 'Change your mysql prompt.'],
    ['quit', '\\q', 'Quit mysql.'],
    ['source', '\\.', 'Execute an SQL script file. Takes a file name as an argument.'],
    ['status', '\\s', 'Get status information from the server.'],
    ['system', '\\!', 'Execute a system shell command.'],
    ['tee', '\\T', 'Set outfile [to_outfile]. Append everything into given outfile.'],
    ['use', '\\u', 'Use another database. Takes database name as argument.'],
    ['warnings', '\\W', 'Show warnings after every statement.'],
  ] as const;
  const list = rows.map(([name, key, text]) => `${name.padEnd(9)} (${key}) ${text}\n`).join('');
  return `\nList of all ${mariadb ? 'client' : 'MySQL'} commands:\nNote that all text commands must be first on line and end with ';'\n${list}\nFor server side help, type 'help contents'\n\n`;
};
