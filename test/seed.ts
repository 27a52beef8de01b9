import fc from 'fast-check';

// The gate takes the same samples every time; `npm run test:full` takes others.
if (process.env.DRYDOCK_FULL !== '1') fc.configureGlobal({ seed: 20_251_105 });
