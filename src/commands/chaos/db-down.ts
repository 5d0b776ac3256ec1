import { NamedDrillCommand } from '../../drill-command.js';

export default class ChaosDbDown extends NamedDrillCommand {
  static override summary = 'Scale the database to zero, and see who hears of it';
  protected readonly named = 'db-down';
}
