/** `kubelet.worker2` for what each node has, `kube-apiserver` for what runs in a pod of the only control plane. */
export function logName(cluster: string, node: string, log: string, isOfPod: boolean): string {
  const shortened = node.replace(`${cluster}-`, '');
  return isOfPod && shortened === 'control-plane' ? log : `${log}.${shortened}`;
}
