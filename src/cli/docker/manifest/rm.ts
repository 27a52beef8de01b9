import { command } from '../command.ts';
import { joined, messageOf } from '../errors.ts';
import { manifestReference } from './image-manifest.ts';
import { missing, removeList, storedList } from './store.ts';

export default command(function* (cli, _flags, names) {
  const errors: string[] = [];
  for (const name of names) {
    try {
      const list = manifestReference(name);
      if (!(yield* storedList(cli, list))) throw missing(list);
      removeList(cli, list);
    } catch (error) {
      errors.push(messageOf(error));
    }
  }
  if (errors.length > 0) throw joined(errors);
  return 0;
});
