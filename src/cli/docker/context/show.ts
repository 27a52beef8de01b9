import { command } from '../command.ts';
import { currentContext } from './store.ts';

export default command(function* (cli) {
  yield* cli.out.write(`${currentContext(cli)}\n`);
});
