import { makeLua } from '../../src/packs/lua/pack.ts';
import { servePack } from '../../src/packs/serve.ts';

servePack(makeLua('pack:///lua.wasm'));
