import { GoMap, GoStruct, type GoValue } from '../../../lib/go-value.ts';
import { command } from '../command.ts';
import { inspect } from '../inspector.ts';
import { type ContextMeta, contextFolder, currentContext, DEFAULT_CONTEXT, readContext } from './store.ts';

/** Stands for the place of a context that is in no file. */
const IN_MEMORY = '<IN MEMORY>';

export default command(function* (cli, flags, names) {
  const wanted = names.length > 0 ? names : [currentContext(cli)];
  yield* inspect(cli, wanted, flags.text('format'), function* (name) {
    const context = yield* readContext(cli, name);
    const folder = contextFolder(cli, name);
    const memory = name === DEFAULT_CONTEXT;
    const storage = {
      MetadataPath: memory ? IN_MEMORY : folder,
      TLSPath: memory ? IN_MEMORY : folder.replace('/meta/', '/tls/'),
    };
    const plain = JSON.stringify({ ...context, TLSMaterial: {}, Storage: storage });
    const text = plain.replace(/[<>&]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`);
    return { text, value: valueOf(context, storage, plain) };
  });
});

/** A context as Go has it: a struct that holds, and shows, the fields of another. */
function valueOf({ Name, Metadata, Endpoints }: ContextMeta, storage: Record<string, string>, text: string): GoValue {
  const { Host = '', SkipTLSVerify } = Endpoints.docker;
  const endpoints = new GoMap(
    'map[string]interface {}',
    new Map([['docker', new GoStruct('docker.EndpointMeta', { Host, SkipTLSVerify })]]),
  );
  const metadata = new GoStruct('store.Metadata', {
    Name,
    Metadata: new GoStruct('command.DockerContext', {
      Description: Metadata.Description ?? '',
      AdditionalFields: new GoMap('map[string]interface {}', null),
    }),
    Endpoints: endpoints,
  });
  return new GoStruct(
    'context.contextWithTLSListing',
    {
      Metadata: metadata,
      TLSMaterial: new GoMap('map[string]store.EndpointFiles', new Map()),
      Storage: new GoStruct('store.StorageInfo', storage),
    },
    { promoted: { Name, Endpoints: endpoints }, marshalJSON: () => text },
  );
}
