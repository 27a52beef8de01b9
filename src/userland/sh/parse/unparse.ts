import type { Assignment, Command, ConditionalExpression, List, Redirect, Simple } from './ast.ts';

/** Commands as text, as bash prints them: `declare -f` over several lines, jobs in one. */
class Unparser {
  out = '';
  #indent = 0;
  /** Here-documents whose bodies follow the next line end. */
  #heredocs: Redirect[] = [];

  constructor(readonly multiline: boolean) {}

  #newline(): void {
    if (this.#heredocs.length > 0) {
      this.#flushHeredocs();
      this.out += `\n${' '.repeat(this.#indent)}`;
      return;
    }
    this.out += this.multiline ? `\n${' '.repeat(this.#indent)}` : ' ';
  }

  #flushHeredocs(): void {
    if (this.#heredocs.length === 0) return;
    this.out += '\n';
    for (const r of this.#heredocs) {
      const delimiter = r.word.parts.map((p) => ('text' in p ? p.text : '')).join('') || r.word.source;
      this.out += `${r.body?.source ?? ''}${delimiter}\n`;
    }
    this.#heredocs = [];
  }

  list(node: List): void {
    node.items.forEach((item, i) => {
      this.command(item.command);
      const last = i === node.items.length - 1;
      if (item.background) this.out += ' &';
      else if (this.#heredocs.length > 0) {
        if (last) return;
      } else if (!last || this.#indent > 0) this.out += this.#separator(last);
      if (!last) this.#newline();
    });
  }

  #separator(last: boolean): string {
    if (!last) return ';';
    return ';';
  }

  /** A list within a compound command, indented. */
  #block(node: List, semicolon: boolean): void {
    this.#indent += 4;
    this.#newline();
    node.items.forEach((item, i) => {
      this.command(item.command);
      const last = i === node.items.length - 1;
      if (item.background) this.out += ' &';
      else if ((!last || semicolon) && this.#heredocs.length === 0) this.out += ';';
      if (!last) this.#newline();
    });
    this.#indent -= 4;
    this.#newline();
  }

  #inline(node: List): void {
    node.items.forEach((item, i) => {
      if (i > 0) this.out += node.items[i - 1]!.background ? ' ' : '; ';
      this.command(item.command);
      if (item.background) this.out += ' &';
    });
  }

  command(node: Command): void {
    switch (node.t) {
      case 'simple':
        this.#simple(node);
        return;
      case 'list':
        this.list(node);
        return;
      case 'pipe':
        if (node.time) this.out += node.time === 'posix' ? 'time -p ' : 'time ';
        if (node.negate) this.out += '! ';
        node.commands.forEach((c, i) => {
          if (i > 0) this.out += ' | ';
          this.command(c);
        });
        return;
      case 'andor':
        this.command(node.left);
        this.out += ` ${node.op} `;
        this.command(node.right);
        return;
      case 'if':
        node.clauses.forEach((clause, i) => {
          this.out += i === 0 ? 'if ' : 'elif ';
          this.#inline(clause.condition);
          this.out += '; then';
          this.#block(clause.body, true);
        });
        if (node.otherwise) {
          this.out += 'else';
          this.#block(node.otherwise, true);
        }
        this.out += 'fi';
        return;
      case 'while':
        this.out += node.until ? 'until ' : 'while ';
        this.#inline(node.condition);
        this.out += '; do';
        this.#block(node.body, true);
        this.out += 'done';
        return;
      case 'for':
      case 'select':
        this.out += `${node.t} ${node.name}`;
        this.out += ` in ${node.words ? node.words.map((w) => w.source).join(' ') : '"$@"'};`;
        this.#newline();
        this.out += 'do';
        this.#block(node.body, true);
        this.out += 'done';
        return;
      case 'arithfor':
        this.out += `for ((${node.init.source}; ${node.condition.source.trim()}; ${node.update.source.trim()}))`;
        this.#newline();
        this.out += 'do';
        this.#block(node.body, true);
        this.out += 'done';
        return;
      case 'case':
        this.out += `case ${node.subject.source} in `;
        this.#indent += 4;
        for (const item of node.items) {
          this.#newline();
          this.out += `${item.patterns.map((p) => p.source).join(' | ')})`;
          if (item.body.items.length > 0) this.#block(item.body, false);
          else this.#newline();
          this.out += item.end;
        }
        this.#indent -= 4;
        this.#newline();
        this.out += 'esac';
        return;
      case 'group':
        this.out += '{ ';
        this.#block(node.body, !this.multiline);
        this.out += '}';
        return;
      case 'subshell':
        this.out += '( ';
        this.#inline(node.body);
        this.out += ' )';
        return;
      case 'function':
        this.out += `function ${node.name} () `;
        this.#newline();
        this.command(node.body);
        return;
      case 'cond':
        this.out += `[[ ${conditional(node.expression)} ]]`;
        return;
      case 'arith':
        this.out += `((${node.word.source}))`;
        return;
      case 'coproc':
        this.out += `coproc ${node.name} `;
        this.command(node.body);
        return;
      case 'redirected':
        this.command(node.body);
        this.#redirects(node.redirects);
        return;
    }
  }

  #simple(node: Simple): void {
    const words = [...node.assigns.map(assignment), ...node.words.map((w) => w.source)];
    this.out += words.join(' ');
    this.#redirects(node.redirects, words.length === 0);
  }

  #redirects(redirects: readonly Redirect[], first = false): void {
    redirects.forEach((r, i) => {
      if (!(first && i === 0)) this.out += ' ';
      const fd = r.variable !== undefined ? `{${r.variable}}` : r.fd !== undefined ? String(r.fd) : '';
      if (r.op === '<<' || r.op === '<<-') {
        this.out += `${fd}${r.op}${r.word.source}`;
        this.#heredocs.push(r);
        return;
      }
      const space = r.op === '>&' || r.op === '<&' ? '' : ' ';
      const implied = r.op === '>&' && fd === '' ? '1' : r.op === '<&' && fd === '' ? '0' : fd;
      this.out += `${space === '' ? implied : fd}${r.op}${space}${r.word.source}`;
    });
  }

  end(): string {
    this.#flushHeredocs();
    return this.out;
  }
}

function assignment(a: Assignment): string {
  return a.source;
}

function conditional(e: ConditionalExpression): string {
  switch (e.e) {
    case 'word':
      return `-n ${e.word.source}`;
    case 'unary':
      return `${e.op} ${e.word.source}`;
    case 'binary':
      return `${e.left.source} ${e.op} ${e.right.source}`;
    case 'not':
      return `! ${conditional(e.inner)}`;
    case 'and':
      return `${conditional(e.left)} && ${conditional(e.right)}`;
    case 'or':
      return `${conditional(e.left)} || ${conditional(e.right)}`;
    case 'group':
      return `( ${conditional(e.inner)} )`;
  }
}

/** The command in one line, for jobs and messages. */
export function commandText(node: Command): string {
  const u = new Unparser(false);
  u.command(node);
  return u.end().replace(/\n+$/, '');
}

/** What bash shows of a command that is about to run: of loops and cases their first line. */
export function headText(node: Command): string {
  switch (node.t) {
    case 'for':
    case 'select':
      return `${node.t} ${node.name} in ${node.words ? node.words.map((w) => w.source).join(' ') : '"$@"'}`;
    case 'case':
      return `case ${node.subject.source} in `;
    default:
      return commandText(node);
  }
}

/** A function's definition as `declare -f` prints it. */
export function functionText(name: string, body: Command): string {
  const u = new Unparser(true);
  u.out = `${name} () \n`;
  if (body.t === 'group' || (body.t === 'redirected' && body.body.t === 'group')) u.command(body);
  else {
    u.command({
      t: 'group',
      body: { t: 'list', items: [{ command: body, background: false }], line: body.line },
      line: body.line,
    });
  }
  return u.end();
}
