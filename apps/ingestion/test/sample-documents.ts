/** One fact that exactly one sample document holds, the question that finds it, and the text around it. */
export interface SampleDocument {
  readonly subject: string;
  readonly fact: string;
  readonly question: string;
  readonly filler: readonly string[];
}

const places =
  'Skarvholm Torrevieja Kilbride Almaviva Dunmore Ostrava Lindsay Marwick Pellworm Sassari Tynemouth Varberg Wexcombe Zandberg'.split(
    ' ',
  );
const people =
  'Imogen Castellanos,Bram Okonkwo,Yuki Lindqvist,Farid Haddad,Nadia Petrosyan,Tomás Ferreira,Greta Vainio,Owen Achterberg,Leila Marchetti,Piotr Zielinski,Aroha Whitcombe,Samir Delacroix'.split(
    ',',
  );
const numbers = [14, 27, 33, 42, 58, 61, 75, 83, 96, 108, 117, 129];
const colours = 'ochre,cobalt,vermilion,ivory,teal,burgundy,saffron,slate,coral,emerald,lilac,charcoal'.split(',');

type Theme = (
  place: string,
  person: string,
  number: number,
  colour: string,
) => Omit<SampleDocument, 'filler'> & { filler: string[] };

const themes: readonly Theme[] = [
  (place, person, number, colour) => ({
    subject: `Lighthouse of ${place}`,
    fact: `After the storm the lighthouse at ${place} was repainted in ${colour}, and ${person} has kept its lamp for ${number} months since.`,
    question: `What colour was the lighthouse at ${place} repainted after the storm?`,
    filler: [
      'Ships have been guided along this coast for more than two centuries. The first fires were lit on open cliffs by the families who fished here.',
      'Lamps were turned by clockwork until electricity arrived. Keepers climbed the stairs several times a night to wind the weights and trim the wick.',
    ],
  }),
  (place, person, number) => ({
    subject: `Travel expenses, ${place} office`,
    fact: `Employees of the ${place} office submit receipts within ${number} days; later claims need the signature of ${person}.`,
    question: `Within how many days must receipts be submitted in the ${place} office?`,
    filler: [
      'Travel is booked through the portal. Trains are preferred for journeys of less than five hours, and seats in the second class are the rule.',
      'Meals are reimbursed at the daily rate of the country visited. Alcohol, fines and gifts are not reimbursed in any case.',
    ],
  }),
  (place, person, number) => ({
    subject: `Maintenance of the ${place} pump`,
    fact: `The bearing of the ${place} pump is greased every ${number} hours of operation, as ${person} established in the endurance test.`,
    question: `How often must the bearing of the ${place} pump be greased?`,
    filler: [
      'Before any work on the machine the main switch is locked and the pressure released. Gauges must read zero for a full minute.',
      'Seals and gaskets are replaced in pairs. Spare parts are ordered from the catalogue with the number on the plate.',
    ],
  }),
  (place, person, number, colour) => ({
    subject: `Recipe: ${place} cake`,
    fact: `The baker ${person} bakes the ${place} cake for ${number} minutes and covers it with ${colour} icing.`,
    question: `How many minutes does the ${place} cake stay in the oven when ${person} bakes it?`,
    filler: [
      'Butter and sugar are beaten until pale. Eggs follow one by one, and the flour is folded in with a light hand.',
      'A tin lined with paper keeps the crust soft. A wooden pick that comes out dry says that the crumb is done.',
    ],
  }),
  (place, person, number) => ({
    subject: `Minutes of the ${place} council`,
    fact: `The council of ${place} granted ${number} thousand euros for the footbridge that ${person} had proposed.`,
    question: `How much money did the ${place} council grant for the footbridge?`,
    filler: [
      'The meeting was opened at seven with all members present. The minutes of the previous meeting were read and approved without changes.',
      'Residents asked about noise at the harbour and about the hours of the library. Both questions were referred to committees.',
    ],
  }),
  (place, person, number, colour) => ({
    subject: `Birds seen near ${place}`,
    fact: `On the marsh near ${place} the ornithologist ${person} counted ${number} plovers with ${colour} rings.`,
    question: `How many ringed plovers were counted on the marsh near ${place}?`,
    filler: [
      'Migration reaches its peak in the second half of September. Winds from the north bring waders in flocks that darken the sky.',
      'Observers keep to the boardwalk and note weather, tide and visibility with every count.',
    ],
  }),
  (place, person, number) => ({
    subject: `Incident report ${place}-${number}`,
    fact: `The outage of the ${place} data centre lasted ${number} minutes; ${person} traced it to an expired certificate of the load balancer.`,
    question: `What caused the outage of the ${place} data centre?`,
    filler: [
      'Alerts reached the engineer on call within a minute. Traffic was drained to another region by the runbook while dashboards were consulted.',
      'Customers saw errors on the checkout page. The status page was updated twice, and a summary was sent the next morning.',
    ],
  }),
  (place, person, number, colour) => ({
    subject: `${place} espresso machine, warranty`,
    fact: `The warranty of the ${place} espresso machine ends after ${number} weeks, unless ${person} confirms the ${colour} seal is unbroken.`,
    question: `When does the warranty of the ${place} espresso machine end?`,
    filler: [
      'Fill the tank with fresh water and let the machine heat for ten minutes. The light stops blinking when the boiler has reached its temperature.',
      'Descale with the powder that is sold for the purpose. Vinegar attacks the hoses, and damage caused by it is not repaired for free.',
    ],
  }),
];

/** The same documents for the same count, on every machine. */
export function sampleDocuments(count: number): SampleDocument[] {
  return Array.from({ length: count }, (_, index) => {
    const theme = themes[index % themes.length]!;
    const round = Math.floor(index / themes.length);
    // Steps that are coprime to the lists' lengths give every document of a theme its own place, and shuffled companions.
    const pick = <T>(list: readonly T[], step: number): T => list[(round + (index % themes.length) * step) % list.length]!;
    const repeat = Math.floor(round / places.length);
    const place =
      repeat === 0 ? pick(places, 1) : `${pick(places, 1)} ${['North', 'South', 'East', 'West'][repeat - 1] ?? repeat}`;
    return theme(place, pick(people, 5), pick(numbers, 7), pick(colours, 11));
  });
}
