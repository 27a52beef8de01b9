import { decode, encode } from '../../../lib/utf8.ts';
import { type GitCommand, readArguments } from '../command.ts';
import { cleanMessage, subjectOf } from '../commit-object.ts';
import { openRepo } from '../repo.ts';
import { resolveRevision, short } from '../revision.ts';
import { edit } from './commit.ts';

export const tag: GitCommand = {
  usage: 'git tag [-a | -s | -u <key-id>] [-f] [-m <msg> | -F <file>] [-e] <tagname> [<commit> | <object>]',
  *run(git, argv) {
    const specs = {
      annotate: { short: 'a', help: 'annotated tag, needs a message' },
      message: { short: 'm', arg: 'message', many: true, help: 'tag message' },
      delete: { short: 'd', help: 'delete tags' },
      list: { short: 'l', help: 'list tag names' },
      force: { short: 'f', help: 'replace the tag if exists' },
      lines: { short: 'n', long: false, arg: 'n', optional: true, help: 'print <n> lines of each tag message' },
    } as const;
    const { opts, args } = yield* readArguments(git, this.usage, specs, argv);
    const repo = yield* openRepo(git);
    if (opts.delete) {
      let status = 0;
      for (const name of args) {
        const id = yield* repo.ref(`refs/tags/${name}`);
        if (id === undefined) {
          yield* git.err(`error: tag '${name}' not found.\n`);
          status = 1;
          continue;
        }
        yield* repo.deleteRef(`refs/tags/${name}`);
        yield* git.out(`Deleted tag '${name}' (was ${short(repo, id)})\n`);
      }
      return status;
    }
    if (args.length === 0 || opts.list || opts.lines !== undefined) {
      for (const [ref, id] of yield* repo.refs('refs/tags/')) {
        const name = ref.slice(10);
        if (
          args.length > 0 &&
          !args.some((p) =>
            new RegExp(
              `^${p
                .replace(/[.+^${}()|\\]/g, '\\$&')
                .replace(/\*/g, '.*')
                .replace(/\?/g, '.')}$`,
            ).test(name),
          )
        )
          continue;
        let line = name;
        if (opts.lines !== undefined) {
          const object = yield* repo.objects.read(id);
          const text = object ? decode(object.bytes) : '';
          line = `${name.padEnd(15)} ${subjectOf(text.slice(text.indexOf('\n\n') + 2))}`;
        }
        yield* git.out(`${line}\n`);
      }
      return 0;
    }
    const [name, target = 'HEAD'] = args as [string, string?];
    const old = yield* repo.ref(`refs/tags/${name}`);
    if (old !== undefined && !opts.force) return yield* git.fatal(`tag '${name}' already exists`);
    const id = yield* resolveRevision(repo, target);
    if (id === undefined) return yield* git.fatal(`Failed to resolve '${target}' as a valid ref.`);
    let made = id;
    if (opts.annotate || opts.message.length > 0) {
      const tagger = yield* repo.signature('COMMITTER');
      const text =
        opts.message.length > 0
          ? opts.message.join('\n\n')
          : yield* edit(
              git,
              repo,
              'TAG_EDITMSG',
              `\n#\n# Write a message for tag:\n#   ${name}\n# Lines starting with '#' will be ignored.\n`,
            );
      const message = cleanMessage(text ?? '', opts.message.length === 0);
      if (message === '') return yield* git.fatal('no tag message?');
      const type = (yield* repo.objects.read(id))!.type;
      made = yield* repo.objects.write(
        'tag',
        encode(`object ${id}\ntype ${type}\ntag ${name}\ntagger ${tagger}\n\n${message}`),
      );
    }
    yield* repo.put(`refs/tags/${name}`, `${made}\n`);
    if (old !== undefined && old !== made) yield* git.out(`Updated tag '${name}' (was ${short(repo, old)})\n`);
    return 0;
  },
};
