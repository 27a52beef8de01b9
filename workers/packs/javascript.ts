import { startJavaScript } from '../../src/packs/javascript/pack.ts';
import { servePack } from '../../src/packs/serve.ts';

servePack(startJavaScript);
