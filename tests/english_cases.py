"""Made-up English reports and what newsrooms make of them, for the tests of deduplication."""

BRIDGE = """The old bridge over the Debed at Sanahin was closed to lorries on Tuesday after \
engineers found cracks in two of its four arches.
The regional roads office said vehicles above 3.5 tonnes would be sent over the new road through \
Akner until at least 14 November, a detour of 11 kilometres.
"We cannot rule out that the second arch settles further once the ground freezes," said chief \
engineer Garnik Melkumyan, who inspected the bridge with three colleagues on Monday.
The bridge, built in 1192 and widened in 1934, carries about 2,300 vehicles a day between the \
copper town and the villages on the plateau.
Residents had complained since spring that stones were falling into the river after heavy loads \
passed. A petition handed to the council in June had 870 signatures.
The office has set aside 240 million drams for the repair and expects offers from builders by \
the end of the month. Work would start in March, when the water is low.
Bus line 7 will turn round at the school, and passengers are asked to cross on foot. Ambulances \
and fire engines may still use the bridge one at a time.
Shopkeepers on the square fear for their trade. "Half of my customers are drivers who stop for \
bread," said Hasmik Torosyan, who has kept the bakery for 19 years.
A spokesman for the ministry of culture said the arches were protected and that any new stone \
would have to come from the quarry the builders once used."""

GRAIN = """Georgia's rail operator will run 18 more grain trains a week from Poti to the \
Azerbaijani \
border this winter, its deputy head Levan Kobalia told reporters in Tbilisi on Wednesday.
The trains, each of 42 wagons, would carry some 310,000 tonnes by the end of February, twice as \
much as a year ago.
Shippers have moved from the northern route since insurance for the straits rose by 60 percent in \
September. "The harvest was good, and it has to go somewhere," Kobalia said.
The operator has leased 9 locomotives from Kazakhstan and taken on 130 drivers and shunters, most \
of them in Samtredia and Gardabani.
Customs will open a second shift at the crossing, where wagons waited 31 hours on average in \
October. Azerbaijan Railways agreed last week to take over the trains without uncoupling them.
Traders in Baku welcomed the plan but said that silos, not tracks, were the narrowest place. \
"We have room for 90,000 tonnes, and it is full by January," said Rauf Hasanli of the millers' \
union.
Freight rates for the line are fixed until April at 23 dollars a tonne, 4 dollars less than by \
road. The ports of Poti and Batumi together handled 1.1 million tonnes of grain last year."""

GLACIER = """Scientists who climbed to the Gergeti glacier in August found it 27 metres \
shorter than \
last summer, the largest yearly loss since measurements began in 1959.
The tongue of the ice now ends at 3,060 metres above the sea, says the report that the mountain \
institute in Stepantsminda put out on Friday.
Nino Sujashvili, who led the team of 6, said the snow had gone by mid-June, five weeks early, and \
left the ice bare under the sun. Dust from the south darkened it further.
Villagers below draw their water from the streams that the glacier feeds. In the dry summers of \
the last decade these gave about a third less than in the 1980s, the institute reckons.
The team drilled 14 stakes into the ice and flew over it with a small aircraft to map its height. \
At the thickest place 76 metres are left.
Landslides worry the authorities more than drought. In May 2014 rock and ice broke off \
the Devdoraki \
slope nearby, closed the road to Russia and killed 8 people.
Sirens that warn the valley were put up afterwards; three of the seven do not work, the report \
says. The ministry promised to mend them before the season.
"We will not stop the ice from going," Sujashvili said, "but we can know what comes down \
with it." """

EDITS = {
    "was closed to": "has been shut for",
    "found cracks in": "discovered cracks in", "at least": "no earlier than",
    "about 2,300": "some 2,300", "Residents had complained": "People living nearby have complained",
    "expects offers": "hopes for offers", "fear for": "are worried about",
    "A spokesman for": "An official of", "would have to": "must",
}  # fmt: skip
NOTICE = (
    "Sign up for our morning letter and never miss a story from the region.\n"
    "The views expressed are those of the author. All rights reserved, no reprint without consent."
)
BACKGROUND = """

Lori has 34 bridges older than a century, by the count of the society for monuments. Nine of \
them carry traffic, and four were closed for some time in the past ten years. Money for repairs \
comes from the road fund, which the government halved in its last budget."""


def edited(text):
    for old, new in EDITS.items():
        text = text.replace(old, new)
    return text


def sentences(text):
    return [each for line in text.split("\n") for each in line.split(". ")]


def credited(text):
    return (
        f"YEREVAN, November 3. /ARMENPRESS/. {text}\n"
        "This report first appeared on the agency's wire and is published with its permission."
    )


def new_lead(text):
    lead = "Lorries must keep off one of the country's oldest bridges from this week on."
    return lead + "\n" + text.split("\n", 1)[1]


def teaser(text):
    return " ".join(text.split()[:70]) + " ... Read more"


def first_half(text):
    words = text.split()
    return " ".join(words[: len(words) * 6 // 10])


COPIES = {
    "edited": edited(BRIDGE),
    "credited": credited(BRIDGE),
    "new lead": new_lead(BRIDGE),
    "extended": BRIDGE + BACKGROUND,
    "with notices": NOTICE + "\n" + BRIDGE + "\n" + NOTICE,
    "teaser": teaser(BRIDGE),
    "cut off": first_half(BRIDGE),
    "shouted": BRIDGE.upper(),
    "curly quotes": BRIDGE.replace('"', "\u201d").replace("'", "\u2019").replace(" - ", " – "),
    "spelt the American way": BRIDGE.replace("metres", "meters").replace("tonnes", "metric tons"),
    "paragraphs dropped": "\n".join(BRIDGE.split("\n")[:3] + BRIDGE.split("\n")[4:7]),
    "paragraphs swapped": "\n".join(
        BRIDGE.split("\n")[:2] + BRIDGE.split("\n")[5:] + BRIDGE.split("\n")[2:5]
    ),
}

QUOTING = (
    GRAIN + '\nOn roads the picture is no better. "We cannot rule out that the second arch settles '
    'further once the ground freezes," said chief engineer Garnik Melkumyan, who inspected the '
    "bridge with three colleagues on Monday. Ambulances and fire engines may still use the bridge "
    "one at a time.\n" + GLACIER
)

VERSIONS = {
    "a day later": """The old bridge over the Debed at Sanahin was closed to all traffic on \
Thursday after a third arch gave way under a lorry.
The regional roads office said the driver, 46-year-old Arsen Ghukasyan, ignored the ban that had \
been in force since Tuesday. He was taken to hospital in Vanadzor with a broken leg.
"The second arch has settled by 4 centimetres since Monday," said chief engineer Garnik Melkumyan, \
who inspected the bridge with three colleagues again.
The bridge, built in 1192 and widened in 1934, carries about 2,300 vehicles a day between the \
copper town and the villages on the plateau.
The office now wants 610 million drams for the repair. Work would start at once, and the road \
through Akner stays the only way until June.
Bus line 7 will turn round at the school. Nobody may cross on foot, and the ambulance station \
moves two cars to the plateau.
Prosecutors opened a case against the haulage firm, Lori Trans, whose lorry weighed 22 tonnes.""",
    "ten facts changed": BRIDGE.replace("two of its four", "three of its four")
    .replace("Tuesday", "Friday")
    .replace("3.5 tonnes", "2 tonnes")
    .replace("14 November", "20 January")
    .replace("Monday", "Thursday")
    .replace("870 signatures", "1,460 signatures")
    .replace("240 million", "415 million")
    .replace("2,300", "1,900")
    .replace("March", "May")
    .replace("Garnik Melkumyan", "Suren Barseghyan"),
}


def weather(day, low, high, wind, rain, place, second):
    return f"""Weather for {day}. Partly cloudy over most of the country, with showers in the \
mountains in the afternoon, the hydrometeorological service says.
In the capital the temperature will be {low} to {low + 3} degrees at night and {high} to \
{high + 3} degrees by day. Wind from the north-west at {wind} metres a second, gusts of {wind + 7}.
In {place} up to {rain} millimetres of rain are expected, in {second} light snow above \
2,000 metres. \
Drivers are asked to take care on the passes, where fog may cut the sight to {rain * 20} metres.
The service will give its next forecast at noon."""


def prices(day, oil, gas, wheat, gold):
    return f"""The price of Azeri Light crude on the world market stood at ${oil} a \
barrel on {day}, \
the exchange reports.
A barrel of Brent for delivery next month cost ${oil - 2.31:.2f} in London, a thousand \
cubic metres \
of gas ${gas} at the Dutch hub.
A tonne of wheat was sold for ${wheat} and an ounce of gold for ${gold}. The state budget for this \
year counts on an oil price of $65 a barrel.
The lowest price of Azeri Light was recorded on 21 April 2020 at $15.81 a barrel, and the highest \
in July 2008 at $149.66."""


def losses(day, total, men, tanks, guns):
    return f"""The general staff reports that as of the morning of {day} the enemy has lost some \
{total:,} soldiers, {men:,} of them in the past day.
Also destroyed were {tanks:,} tanks, {guns:,} artillery systems, {guns // 7:,} air \
defence systems and \
{tanks // 5:,} drones of the operational and tactical level. The data are being checked.
The heaviest fighting was seen near the villages along the river, where {men // 9} attacks were \
beaten back. Counting is made difficult by the intensity of the fighting, the staff says."""


FORMS = {
    "weather": (
        weather("Monday", 4, 13, 5, 12, "Guba", "Lerik"),
        weather("Tuesday", 7, 16, 8, 21, "Sheki", "Gusar"),
    ),
    "prices": (
        prices("Monday", 74.18, 371, 219, 2641),
        prices("Tuesday", 75.02, 366, 221, 2655),
    ),
    "losses": (
        losses("12 March", 412610, 870, 6680, 10250),
        losses("13 March", 413490, 880, 6703, 10287),
    ),
}
