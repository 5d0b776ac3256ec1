import { NamedDrillCommand } from '../../drill-command.js';

export default class ChaosPodKill extends NamedDrillCommand {
  static override summary = 'Delete a pod, and see that nobody notices';
  protected readonly named = 'pod-kill';
}
