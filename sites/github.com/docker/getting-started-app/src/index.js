const express = require('express');

const app = express();
const items = [];

app.use(express.json());
app.use(express.static(`${__dirname}/static`));
app.get('/items', (_request, response) => response.send(items));
app.post('/items', (request, response) => {
  const item = { id: String(items.length + 1), name: request.body.name, completed: false };
  items.push(item);
  response.send(item);
});

app.listen(3000, () => console.log('Listening on port 3000'));
