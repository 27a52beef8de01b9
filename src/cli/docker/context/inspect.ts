import { command } from '../command.ts';
import { inspect } from '../inspector.ts';
import { contextFolder, currentContext, DEFAULT_CONTEXT, readContext } from './store.ts';

/** Stands for the place of a context that is in no file. */
const IN_MEMORY = '<IN MEMORY>';

export default command(function* (cli, flags, names) {
  const wanted = names.length > 0 ? names : [currentContext(cli)];
  yield* inspect(cli, wanted, flags.text('format'), function* (name) {
    const context = yield* readContext(cli, name);
    const folder = contextFolder(cli, name);
    const memory = name === DEFAULT_CONTEXT;
    const text = JSON.stringify({
      ...context,
      TLSMaterial: {},
      Storage: {
        MetadataPath: memory ? IN_MEMORY : folder,
        TLSPath: memory ? IN_MEMORY : folder.replace('/meta/', '/tls/'),
      },
    }).replace(/[<>&]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`);
    return { text };
  });
});
