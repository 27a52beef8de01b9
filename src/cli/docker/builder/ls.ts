import { BUILDER_TABLE, builderListing, instanceJson, instanceRow, nodeRow } from '../build/instance-rows.ts';
import { allInstances, currentInstance } from '../build/instances.ts';
import { command } from '../command.ts';
import { formatRows, isTable } from '../format/formatter.ts';

export default command(function* (cli, flags) {
  const current = yield* currentInstance(cli);
  const instances = yield* allInstances(cli);
  const given = flags.text('format');
  if (given === 'json') {
    for (const instance of instances)
      yield* cli.out.write(`${JSON.stringify(instanceJson(instance, instance.Name === current))}\n`);
    return 0;
  }
  const format = given === 'table' || given === '' ? BUILDER_TABLE : given;
  const table = isTable(format);
  const rows = instances.flatMap((instance) => [
    instanceRow(instance, instance.Name === current, table),
    ...instance.Nodes.map((node) => nodeRow(instance, node, table, flags.bool('no-trunc'))),
  ]);
  yield* cli.out.write(formatRows(format, builderListing, rows));
  return 0;
});
