const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** Whether a file begins as every PNG does; the images service looks closer. */
export const looksLikePng = (file: Buffer): boolean => file.subarray(0, signature.length).equals(signature);
