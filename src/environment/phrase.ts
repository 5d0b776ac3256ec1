/** Another library's sentence as a lowercase phrase in a message of ours. */
export function phraseOf(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1);
}
