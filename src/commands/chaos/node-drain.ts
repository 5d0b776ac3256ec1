import { NamedDrillCommand } from '../../drill-command.js';

export default class ChaosNodeDrain extends NamedDrillCommand {
  static override summary = 'Drain a node, and see that nobody notices';
  protected readonly named = 'node-drain';
}
