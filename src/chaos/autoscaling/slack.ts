/** How far samples and pods that start may put an autoscaler behind what is predicted, in milliseconds. */
export const scalingSlackMs = 30_000;
