import { NamedDrillCommand } from '../../drill-command.js';

export default class ChaosLoad extends NamedDrillCommand {
  static override summary = 'Put a service under load, and see whether it grows and shrinks again';
  protected readonly named = 'load';
}
