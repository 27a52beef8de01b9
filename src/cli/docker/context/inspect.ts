import { command } from '../command.ts';
import { inspect } from '../inspector.ts';
import { contextFolder, currentContext, DEFAULT_CONTEXT, readContext } from './store.ts';

export default command(function* (cli, flags, names) {
  const wanted = names.length > 0 ? names : [currentContext(cli)];
  yield* inspect(cli, wanted, flags.text('format'), function* (name) {
    const context = yield* readContext(cli, name);
    const folder = contextFolder(cli, name);
    const memory = name === DEFAULT_CONTEXT;
    return JSON.stringify({
      ...context,
      TLSMaterial: {},
      Storage: {
        MetadataPath: memory ? '<IN MEMORY>' : folder,
        TLSPath: memory ? '<IN MEMORY>' : folder.replace('/meta/', '/tls/'),
      },
    });
  });
});
