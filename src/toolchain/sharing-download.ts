import { toolNames, type DownloadPin, type Pins, type Platform, type ToolName } from './pins.js';

/** The tools that come with the same download as one of them, itself among them; always in the same order. */
export function sharingDownload(pins: Pins, name: ToolName, platform: Platform): ReadonlyMap<ToolName, DownloadPin> {
  const url = pins.tools[name]?.downloads[platform]?.url;
  return new Map(
    toolNames.flatMap((candidate): [ToolName, DownloadPin][] => {
      const download = pins.tools[candidate]?.downloads[platform];
      return download && download.url === url ? [[candidate, download]] : [];
    }),
  );
}
