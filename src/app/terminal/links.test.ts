import { expect, test } from 'vitest';
import { linkTarget } from './links.ts';

test.each([
  ['https://docs.docker.com/x', { address: 'https://docs.docker.com/x', command: undefined }],
  ['http://localhost:8080/api', { address: 'http://localhost:8080/api', command: 'curl http://localhost:8080/api' }],
  ['localhost:8080', { address: 'http://localhost:8080/', command: 'curl localhost:8080' }],
  ['http://172.17.0.2/', { address: 'http://172.17.0.2/', command: 'curl http://172.17.0.2/' }],
  [
    'http://localhost/a?b=1&c=$(x)',
    { address: 'http://localhost/a?b=1&c=$(x)', command: "curl 'http://localhost/a?b=1&c=$(x)'" },
  ],
  ['javascript://x/%0aalert(1)', undefined],
  ['file:///etc/passwd', undefined],
  ['https://user:secret@example.com/', undefined],
  ['http://[', undefined],
])('%s', (text, wanted) => {
  expect(linkTarget(text)).toEqual(wanted);
});
