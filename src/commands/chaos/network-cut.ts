import { NamedDrillCommand } from '../../drill-command.js';

export default class ChaosNetworkCut extends NamedDrillCommand {
  static override summary = 'Cut a service off from the network, and see who hears of it';
  protected readonly named = 'network-cut';
}
