import { expect, test } from 'vitest';
import { bootTestKernel } from '../../../test/kernel-harness.ts';
import git from './git.ts';

const env = {
  GIT_AUTHOR_DATE: '@1700000000 +0000',
  GIT_COMMITTER_DATE: '@1700000000 +0000',
  GIT_AUTHOR_NAME: 'A U Thor',
  GIT_AUTHOR_EMAIL: 'a@b.c',
  GIT_COMMITTER_NAME: 'A U Thor',
  GIT_COMMITTER_EMAIL: 'a@b.c',
};

async function repository() {
  const { entry } = await git;
  const k = await bootTestKernel({
    programs: { git: entry },
    files: {
      '/p/a.txt': 'one\ntwo\nthree\n',
      '/p/d/b.txt': 'hi\n',
      '/p/.gitignore': '*.log\n',
      '/p/z.log': 'x\n',
    },
  });
  const run = async (...argv: string[]) => {
    const r = await k.run('/bin/git', ['git', ...argv], { cwd: '/p', env });
    return r.stdout + r.stderr;
  };
  const put = (path: string, text: string) =>
    k.run(function* (sys) {
      const fd = sys.open(path, 0o1101, 0o644);
      sys.write(fd, new TextEncoder().encode(text));
      sys.close(fd);
      return 0;
    });
  await run('init', '-q', '-b', 'main');
  return { run, put };
}

// The ids and texts are those of git 2.39 for the same files, names and times.
test('ids of commits, trees and blobs equal git’s', async () => {
  const { run } = await repository();
  await run('add', '.');
  expect(await run('ls-files', '-s')).toBe(
    '100644 397b4a7624e35fa60563a9c03b1213d93f7b6546 0\t.gitignore\n100644 4cb29ea38f70d7c61b2a3a25b02e3bdf44905402 0\ta.txt\n100644 45b983be36b73c0788dc9cbcb76cbb80fc7bb057 0\td/b.txt\n',
  );
  expect(await run('commit', '-m', 'first commit')).toBe(
    '[main (root-commit) 60f6864] first commit\n 3 files changed, 5 insertions(+)\n create mode 100644 .gitignore\n create mode 100644 a.txt\n create mode 100644 d/b.txt\n',
  );
  expect(await run('rev-parse', 'HEAD', 'HEAD^{tree}')).toBe(
    '60f68644d03e850491e9f6ddc225013e1b56d59c\n94c5e07b5a0ef251ff51e3f170b39bc7f0f8f486\n',
  );
});

test('a conflict is marked, and its abort takes it back', async () => {
  const { run, put } = await repository();
  await run('add', '.');
  await run('commit', '-qm', 'first');
  await run('checkout', '-qb', 'other');
  await put('/p/a.txt', 'one\nother\nthree\n');
  await run('commit', '-qam', 'other');
  await run('checkout', '-q', 'main');
  await put('/p/a.txt', 'one\nmain\nthree\n');
  await run('commit', '-qam', 'main');
  expect(await run('merge', 'other')).toBe(
    'Auto-merging a.txt\nCONFLICT (content): Merge conflict in a.txt\nAutomatic merge failed; fix conflicts and then commit the result.\n',
  );
  expect(await run('diff', '--stat', 'HEAD')).toContain(' a.txt | 4 ++++\n');
  expect(await run('status', '-s')).toBe('UU a.txt\n');
  await run('merge', '--abort');
  expect(await run('status')).toBe('On branch main\nnothing to commit, working tree clean\n');
});

test('what is no repository says so', async () => {
  const { entry } = await git;
  const k = await bootTestKernel({ programs: { git: entry } });
  expect(await k.run('/bin/git', ['git', 'status'])).toMatchObject({
    status: 128,
    stderr: 'fatal: not a git repository (or any of the parent directories): .git\n',
  });
});
