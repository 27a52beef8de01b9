import { command } from '../command.ts';

export default command(function* (cli) {
  yield* cli.out.write('github.com/docker/buildx v0.29.1 a32761aeb3debd39be1eca514af3693af0db334b\n');
  return 0;
});
