import { program } from '../../libc/program.ts';

const TEXT = `
Hello from Docker!
This message shows that your installation appears to be working correctly.

What happened between your command and these lines:
 1. The docker client sent your request to the Docker daemon.
 2. The daemon fetched the "hello-world" image from Docker Hub, unless it was
    here already. (amd64)
 3. From that image the daemon made a new container and started the program
    in it, which wrote what you are reading now.
 4. The daemon passed its output on to the client, and the client to your
    terminal.

To try something more ambitious, start a shell in an Ubuntu container:
 $ docker run -it ubuntu bash

A free Docker ID lets you keep and share images of your own:
 https://hub.docker.com/

Where to read on:
 https://docs.docker.com/get-started/

`;

export default program({
  name: 'hello',
  at: ['/hello'],
  spec: 'The hello-world image: the first lines are its own, the explanation is ours',
  usage: '',
  about: 'Say that a container runs.',
  options: {},
  raw: true,
  *main({ stdout }) {
    yield* stdout.write(TEXT);
    return 0;
  },
});
