/** Languages that a picture can be labelled and described in. */
export type PictureLanguage = 'en' | 'ko';

/** The words of a picture, besides names and addresses. */
export interface Labels {
  topology: (name: string) => string;
  host: string;
  container: string;
  hostMode: string;
  unseen: string;
  gateway: (addresses: string) => string;
  network: (name: string) => string;
  listens: string;
  published: string;
  vethPair: string;
  otherLinks: (count: number) => string;
  more: (count: number) => string;
}

const english: Labels = {
  topology: (name) => `Topology ${name}`,
  host: 'Host',
  container: 'container',
  hostMode: 'container in host mode',
  unseen: 'namespace not observed',
  gateway: (addresses) => `default via ${addresses}`,
  network: (name) => `network ${name}`,
  listens: 'listens',
  published: 'published',
  vethPair: 'veth pair',
  otherLinks: (count) => `and ${String(count)} other ${count === 1 ? 'link' : 'links'}`,
  more: (count) => `${String(count)} more`,
};

const korean: Labels = {
  topology: (name) => `토폴로지 ${name}`,
  host: '호스트',
  container: '컨테이너',
  hostMode: '호스트 모드 컨테이너',
  unseen: '네임스페이스를 관찰하지 못함',
  gateway: (addresses) => `기본 게이트웨이 ${addresses}`,
  network: (name) => `네트워크 ${name}`,
  listens: '수신 중',
  published: '게시된 포트',
  vethPair: 'veth 쌍',
  otherLinks: (count) => `그 밖의 링크 ${String(count)}개`,
  more: (count) => `${String(count)}개 더`,
};

export const labels: Record<PictureLanguage, Labels> = { en: english, ko: korean };
