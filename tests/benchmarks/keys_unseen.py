"""Schemas that no rule here was made for: of sites, banks, races, timetables, warehouses and shops, as published; their rows are drawn.

They were written down first and measured after; what was overlooked then is told in decision 179.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from tests.benchmarks.keys_databases import (
    Database,
    Maker,
    city,
    day,
    family,
    given,
    letters,
    money,
    name,
    number,
    of,
    pairs,
    ref,
    serial,
    some,
)

_TAGS: Final = ("funny", "dark", "classic", "space", "based on a book", "Oscar", "boring", "twist")


def calendar(first: str) -> Maker:
    """Return days, one after another."""
    start = date.fromisoformat(first)
    return Maker(lambda place, _draw, _all, _row: str(start + timedelta(place)))


def hashes() -> Maker:
    """Return codes of 32 letters and digits, as shops give out."""
    return Maker(lambda _place, draw, _all, _row: f"{draw.getrandbits(128):032x}")


def stack_exchange() -> Database:
    """Return the dump of a site of Stack Exchange."""
    b = Database(11)
    b.table(
        "Users", 900, "Id", Id=serial(), Reputation=number(1, 90_000), DisplayName=given(), Views=number(0, 500), UpVotes=number(0, 900)
    )
    b.table(
        "Posts", 3000, "Id", Id=serial(), PostTypeId=some("1", "2"), ParentId=ref("Posts", 0.5), AcceptedAnswerId=ref("Posts", 0.7),
        Score=number(-5, 90), ViewCount=number(1, 9000), OwnerUserId=ref("Users", 0.02), LastEditorUserId=ref("Users", 0.4), Title=name(),
    )  # fmt: skip
    b.table("Comments", 4000, "Id", Id=serial(), PostId=ref("Posts"), Score=number(0, 20), Text=name(), UserId=ref("Users", 0.05))
    b.table("Votes", 6000, "Id", Id=serial(), PostId=ref("Posts"), VoteTypeId=some("1", "2", "3", "5"), UserId=ref("Users", 0.8))
    b.table("Badges", 1500, "Id", Id=serial(), UserId=ref("Users"), Name=some("Teacher", "Student", "Editor"), Class=some("1", "2", "3"))
    b.table("PostLinks", 700, "Id", Id=serial(), PostId=ref("Posts"), RelatedPostId=ref("Posts"), LinkTypeId=some("1", "3"))
    b.table("Tags", 120, "Id", Id=serial(), TagName=name(), Count=number(1, 900), ExcerptPostId=ref("Posts", 0.5))
    return b


def classic_models() -> Database:
    """Return Classic Models: a shop of model cars."""
    b = Database(12)
    b.table("productlines", 7, "productLine", productLine=of("Cars", "Trains", "Planes", "Ships", "Trucks", "Bikes", "Buses"), text=name())
    b.table(
        "products", 110, "productCode", productCode=serial(1001, "S{}_18"), productName=name(), productLine=ref("productlines"),
        productScale=some("1:10", "1:12", "1:18"), quantityInStock=number(1, 9000), buyPrice=money(90),
    )  # fmt: skip
    b.table(
        "offices", 7, "officeCode", officeCode=serial(), city=city(), country=some("USA", "France", "Japan"), territory=some("NA", "EMEA")
    )
    b.table(
        "employees", 23, "employeeNumber", employeeNumber=serial(1002), lastName=family(), firstName=given(), extension=number(100, 9000),
        officeCode=ref("offices"), reportsTo=ref("employees", most=6), jobTitle=some("Sales Rep", "VP", "President"),
    )  # fmt: skip
    b.table(
        "customers", 122, "customerNumber", customerNumber=number(100, 900), customerName=name(), contactLastName=family(), city=city(),
        salesRepEmployeeNumber=ref("employees", 0.2), creditLimit=money(90_000),
    )  # fmt: skip
    b.table(
        "orders", 326, "orderNumber", orderNumber=serial(10_100), orderDate=day("2003-01-06", 850), status=some("Shipped", "Hold"),
        customerNumber=ref("customers"),
    )  # fmt: skip
    b.table(
        "orderdetails", 2900, "orderNumber productCode", orderNumber=ref("orders"), productCode=ref("products"),
        quantityOrdered=number(6, 97), priceEach=money(200), orderLineNumber=number(1, 18),
    )  # fmt: skip
    b.table(
        "payments", 273, "customerNumber checkNumber", customerNumber=ref("customers"), checkNumber=letters(8),
        paymentDate=day("2003-01-06", 850), amount=money(90_000),
    )  # fmt: skip
    return b


def titles() -> Database:
    """Return the tables that IMDb gives out."""
    b = Database(13)
    b.table("title_basics", 1200, "tconst", tconst=serial(1, "tt{:07d}"), titleType=some("movie", "short"), startYear=number(1950, 2023))
    b.table("name_basics", 900, "nconst", nconst=serial(1, "nm{:07d}"), primaryName=given(), birthYear=number(1900, 2000))
    b.table(
        "title_akas",
        2500,
        "titleId ordering",
        titleId=ref("title_basics.tconst"),
        ordering=number(1, 9),
        title=name(),
        region=some("US", "RU"),
    )
    b.table("title_ratings", 800, "tconst", tconst=ref("title_basics"), averageRating=money(10), numVotes=number(5, 90_000))
    b.table(
        "title_principals", 4000, "tconst ordering", tconst=ref("title_basics"), ordering=number(1, 9), nconst=ref("name_basics"),
        category=some("actor", "writer"),
    )  # fmt: skip
    b.table(
        "title_episode", 300, "tconst", tconst=ref("title_basics", each=True), parentTconst=ref("title_basics", most=90),
        seasonNumber=number(1, 9), episodeNumber=number(1, 24),
    )  # fmt: skip
    return b


def races() -> Database:
    """Return Ergast: the races of Formula 1."""
    b = Database(14)
    b.table("circuits", 77, "circuitId", circuitId=serial(), circuitRef=name(), location=city(), alt=number(1, 2000))
    b.table("seasons", 70, "year", year=serial(1950), url=serial(1950, "http://x.example/{}"))
    b.table("races", 1000, "raceId", raceId=serial(), year=ref("seasons"), round=number(1, 22), circuitId=ref("circuits"), name=name())
    b.table("drivers", 850, "driverId", driverId=serial(), driverRef=name(), number=number(1, 99), code=letters(3), surname=family())
    b.table("constructors", 211, "constructorId", constructorId=serial(), constructorRef=name(), nationality=some("British", "Italian"))
    b.table("status", 139, "statusId", statusId=serial(), status=name())
    b.table(
        "results", 5000, "resultId", resultId=serial(), raceId=ref("races"), driverId=ref("drivers"), constructorId=ref("constructors"),
        number=number(1, 99), grid=number(0, 24), position=number(1, 24), points=number(0, 25), laps=number(1, 78),
        fastestLap=number(1, 78), rank=number(1, 24), statusId=ref("status"),
    )  # fmt: skip
    b.table(
        "lap_times", 9000, "raceId driverId lap", raceId=ref("races", most=40), driverId=ref("drivers", most=60), lap=number(1, 78),
        position=number(1, 24), milliseconds=number(60_000, 180_000),
    )  # fmt: skip
    b.table(
        "qualifying", 3000, "qualifyId", qualifyId=serial(), raceId=ref("races"), driverId=ref("drivers"),
        constructorId=ref("constructors"), number=number(1, 99), position=number(1, 24),
    )  # fmt: skip
    b.table(
        "driver_standings", 6000, "driverStandingsId", driverStandingsId=serial(), raceId=ref("races"), driverId=ref("drivers"),
        points=number(0, 300), position=number(1, 60), wins=number(0, 12),
    )  # fmt: skip
    return b


def bank() -> Database:
    """Return the Czech bank of the PKDD challenge."""
    b = Database(15)
    b.table("district", 77, "district_id", district_id=serial(), A2=city(), A4=number(40_000, 300_000), A11=number(8000, 12_000))
    b.table("client", 1200, "client_id", client_id=serial(), birth_number=number(400_000, 870_000), district_id=ref("district"))
    b.table("account", 1000, "account_id", account_id=serial(), district_id=ref("district"), frequency=some("monthly", "weekly"))
    b.table(
        "disp", 1200, "disp_id", disp_id=serial(), client_id=ref("client", each=True), account_id=ref("account"), type=some("OWNER", "USER")
    )
    b.table(
        "card",
        200,
        "card_id",
        card_id=serial(),
        disp_id=ref("disp", each=True),
        type=some("gold", "classic"),
        issued=day("1995-01-01", 900),
    )
    b.table(
        "loan",
        150,
        "loan_id",
        loan_id=serial(4959),
        account_id=ref("account", each=True),
        amount=number(5000, 590_000),
        duration=some("12", "24", "36"),
    )
    b.table("trans", 8000, "trans_id", trans_id=serial(), account_id=ref("account"), amount=number(1, 90_000), balance=number(1, 90_000))
    return b


def timetable() -> Database:
    """Return a timetable in GTFS."""
    b = Database(16)
    b.table("agency", 2, "agency_id", agency_id=of("SPB", "MSK"), agency_name=of("Горэлектротранс", "Мосгортранс"))
    b.table("stops", 400, "stop_id", stop_id=serial(1000), stop_name=name(), parent_station=ref("stops", 0.7, most=40), zone=some("A", "B"))
    b.table(
        "routes", 60, "route_id", route_id=serial(1), agency_id=ref("agency"), route_short_name=number(1, 99), route_type=some("0", "3")
    )
    b.table("calendar", 5, "service_id", service_id=of("WD", "SA", "SU", "HO", "EX"), monday=some("0", "1"), sunday=some("0", "1"))
    b.table(
        "trips", 1500, "trip_id", trip_id=serial(90_000), route_id=ref("routes"), service_id=ref("calendar"), direction_id=some("0", "1")
    )
    b.table(
        "stop_times", 9000, "trip_id stop_sequence", trip_id=ref("trips"), stop_sequence=number(1, 40), stop_id=ref("stops"),
        pickup_type=some("0", "1"),
    )  # fmt: skip
    b.table("calendar_dates", 60, "service_id date", service_id=ref("calendar"), date=day("2024-01-01", 360), exception_type=some("1", "2"))
    return b


def brazilian_shop() -> Database:
    """Return Olist: a market place, its keys hashes."""
    b = Database(17)
    b.table("olist_customers_dataset", 900, "customer_id", customer_id=hashes(), customer_unique_id=hashes(), customer_city=city())
    b.table("olist_sellers_dataset", 90, "seller_id", seller_id=hashes(), seller_city=city())
    b.table("olist_products_dataset", 300, "product_id", product_id=hashes(), product_weight_g=number(50, 9000))
    b.table(
        "olist_orders_dataset", 900, "order_id", order_id=hashes(), customer_id=ref("olist_customers_dataset", each=True),
        order_status=some("delivered", "shipped"),
    )  # fmt: skip
    b.table(
        "olist_order_items_dataset", 1100, "order_id order_item_id", order_id=ref("olist_orders_dataset"), order_item_id=number(1, 4),
        product_id=ref("olist_products_dataset"), seller_id=ref("olist_sellers_dataset"), price=money(300),
    )  # fmt: skip
    b.table(
        "olist_order_payments_dataset", 1000, "order_id payment_sequential", order_id=ref("olist_orders_dataset"),
        payment_sequential=number(1, 3), payment_value=money(300),
    )  # fmt: skip
    return b


def star() -> Database:
    """Return a small warehouse: made-up keys, versions of things, one calendar that is referred to in many roles."""
    b = Database(18)
    b.table("dim_date", 1100, "date_sk", date_sk=serial(20_000), calendar_date=calendar("2022-01-01"), month=number(1, 12))
    b.table("dim_customer", 600, "customer_sk", customer_sk=serial(), customer_id=serial(1, "C{:06d}"), segment=some("A", "B"), city=city())
    b.table(
        "dim_product",
        200,
        "product_sk",
        product_sk=serial(),
        product_id=number(1, 120),
        category=some("tea", "jam"),
        manager_id=number(1, 60),
    )
    b.table("dim_store", 12, "store_sk", store_sk=serial(), store_code=pairs(), open_date_sk=ref("dim_date"))
    b.table(
        "fact_sales", 5000, "order_no line_no", order_no=number(1, 3000), line_no=number(1, 6), order_date_sk=ref("dim_date"),
        ship_date_sk=ref("dim_date", 0.1), customer_sk=ref("dim_customer"), product_sk=ref("dim_product"), store_sk=ref("dim_store"),
        qty=number(1, 9), amount=money(900),
    )  # fmt: skip
    b.table(
        "fact_returns", 900, "return_sk", return_sk=serial(), return_date_sk=ref("dim_date"), customer_sk=ref("dim_customer"),
        product_sk=ref("dim_product"), qty=number(1, 3),
    )  # fmt: skip
    return b


def russian_shop() -> Database:
    """Return a shop whose tables and columns are called in Russian."""
    b = Database(19)
    b.table("Категории", 20, "Код", Код=serial(), Наименование=name())
    b.table("Товары", 300, "Артикул", Артикул=serial(1000, "А-{}"), Наименование=name(), Код_категории=ref("Категории"), Цена=money(900))
    b.table("Клиенты", 200, "Код_клиента", Код_клиента=serial(), Фамилия=family(), Город=city())
    b.table("Сотрудники", 30, "Табельный_номер", Табельный_номер=serial(100), Фамилия=family(), Руководитель=ref("Сотрудники", 0.1, most=5))
    b.table(
        "Заказы", 900, "Номер_заказа", Номер_заказа=serial(5000), Дата=day("2024-01-01", 360), Код_клиента=ref("Клиенты"),
        Менеджер=ref("Сотрудники"),
    )  # fmt: skip
    b.table(
        "Строки_заказов", 2600, "Номер_заказа Номер_строки", Номер_заказа=ref("Заказы"), Номер_строки=number(1, 9),
        Артикул=ref("Товары"), Количество=number(1, 20),
    )  # fmt: skip
    return b


def films() -> Database:
    """Return MovieLens: who gave which film how many stars."""
    b = Database(20)
    b.table("movies", 900, "movieId", movieId=serial(), title=name(), genres=some("Drama", "Comedy"))
    b.table("links", 900, "movieId", movieId=ref("movies", each=True), imdbId=number(100_000, 900_000), tmdbId=number(1, 90_000))
    b.table("ratings", 9000, "userId movieId", userId=number(1, 600), movieId=ref("movies"), rating=some("3.0", "4.5", "5.0"))
    b.table("tags", 600, "userId movieId tag", userId=number(1, 25), movieId=ref("movies", most=30), tag=some(*_TAGS))
    return b


UNSEEN: Final = (stack_exchange, classic_models, titles, races, bank, timetable, brazilian_shop, star, russian_shop, films)
